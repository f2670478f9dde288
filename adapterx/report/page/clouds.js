with_section("clouds", function (section) {
  var colors = colors_of(section), controls = section.querySelector(".controls");
  var box = section.querySelector(".clouds"), view = box.dataset.view.split(" ").map(Number);
  var home = {yaw: view[0], pitch: view[1]}, distance = view[2], dot = view[3], largest = view[4];
  var heights = box.dataset.heights.split(" "), step = 0.16, spinning = false;
  var still = matchMedia("(prefers-reduced-motion: reduce)");

  function words_of(text, size) {
    var bytes = bytes_of(text), words = [];
    for (var i = 0; i < bytes.length; i += size) {
      for (var k = size - 1, word = 0; k >= 0; --k) word = word * 256 + bytes[i + k];
      words.push(word);
    }
    return words;
  }

  function Cloud(figure) {
    var data = JSON.parse(figure.querySelector("script").textContent);
    this.figure = figure;
    this.canvas = figure.querySelector("canvas");
    this.choices = new Choices(data, data.patches);
    this.points = words_of(data.points, 4).map(function (word) {
      return [word & 1023, word >> 10 & 1023, word >> 20 & 1023].map(function (v) { return v / 511.5 - 1; });
    });
    this.patch = words_of(data.patch, 2);
    this.block = this.choices.blocks.length - 1;
    this.by = this.block >= 0 ? "expert" : "height";
    this.yaw = home.yaw;
    this.pitch = home.pitch;
    this.dots = [];
    this.recolor();
    this.listen();
  }
  Cloud.prototype.shown_block = function () { return Math.min(this.block, this.choices.blocks.length - 1); };
  Cloud.prototype.recolor = function () {
    var block = this.shown_block();
    if (block >= 0) this.choices.show_state(this.figure, block, colors);
    if (this.by === "height") this.colors = this.by_height();
    if (this.by === "patch") {
      this.colors = this.patch.map(function (p) { return "hsl(" + p * 137.508 % 360 + " 62% " + (46 + p % 3 * 9) + "%)"; });
    }
    if (this.by === "expert") {
      var experts = block >= 0 ? this.choices.patch_experts(block) : [];
      this.colors = this.patch.map(function (p) { return block >= 0 ? "rgb(" + colors[experts[p]] + ")" : "#888"; });
    }
    this.draw();
  };
  // What stands beside the still picture, on paper.
  Cloud.prototype.tell_of_still = function () {
    var head = this.choices.head, last = this.choices.blocks.length - 1;
    this.choices.head = -1;
    if (last >= 0) this.choices.show_state(this.figure, last, colors);
    this.choices.head = head;
  };
  Cloud.prototype.by_height = function () {
    var ys = this.points.map(function (p) { return p[1]; });
    var least = Math.min.apply(null, ys), range = Math.max.apply(null, ys) - least + 2 / 1023;
    return ys.map(function (y) { return heights[Math.floor((y - least) / range * heights.length)]; });
  };
  Cloud.prototype.draw = function () {
    var side = this.canvas.clientWidth, pixels = Math.round(side * (window.devicePixelRatio || 1));
    if (!side) return;
    if (this.canvas.width !== pixels) this.canvas.width = this.canvas.height = pixels;
    var context = this.canvas.getContext("2d"), size = 0.5 * pixels * Math.min(dot / Math.sqrt(this.points.length), largest);
    this.dots = this.project();
    context.clearRect(0, 0, pixels, pixels);
    context.strokeStyle = getComputedStyle(this.canvas).color;
    context.lineWidth = 0.16 * size;
    this.dots.forEach(function (d) {
      var near = (d.near + 1) / 2;
      context.globalAlpha = 0.4 + 0.6 * near;
      context.fillStyle = this.colors[d.point];
      context.beginPath();
      context.arc(d.x * pixels, d.y * pixels, size * (0.75 + 0.5 * near), 0, 6.2832);
      context.fill();
      context.globalAlpha *= 0.3;
      context.stroke();
    }, this);
  };
  // Places in sides of the picture, from far to near.
  Cloud.prototype.project = function () {
    var cy = Math.cos(this.yaw), sy = Math.sin(this.yaw), cp = Math.cos(this.pitch), sp = Math.sin(this.pitch);
    return this.points.map(function (p, i) {
      var across = cy * p[0] + sy * p[2], along = cy * p[2] - sy * p[0];
      var up = cp * p[1] - sp * along, near = sp * p[1] + cp * along;
      var scale = 0.46 * distance / (distance - near);
      return {point: i, x: 0.5 + scale * across, y: 0.5 - scale * up, near: near};
    }).sort(function (a, b) { return a.near - b.near; });
  };
  Cloud.prototype.turn = function (yaw, pitch) {
    this.yaw = (this.yaw + yaw) % (2 * Math.PI);
    this.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, this.pitch + pitch));
    this.draw();
  };
  Cloud.prototype.reset = function () {
    this.yaw = home.yaw;
    this.pitch = home.pitch;
    this.draw();
  };
  // The nearest of the points within a few pixels.
  Cloud.prototype.probe = function (x, y) {
    var side = this.canvas.clientWidth, found = null;
    this.dots.forEach(function (d) {
      if (Math.hypot(d.x * side - x, d.y * side - y) < 6) found = d;
    });
    var text = "", block = this.shown_block();
    if (found) {
      var patch = this.patch[found.point];
      text = "patch " + (patch + 1) + (block >= 0 ? ": " + experts_text(this.choices.patch_votes(block, patch)) : "");
    }
    this.figure.querySelector(".probe").textContent = text;
  };
  Cloud.prototype.listen = function () {
    var self = this, canvas = this.canvas, last = null;
    canvas.addEventListener("pointerdown", function (e) {
      if (e.button !== 0) return;
      last = e;
      self.held = true;
      try { canvas.setPointerCapture(e.pointerId); } catch (error) { last = e; }
    });
    canvas.addEventListener("pointermove", function (e) {
      var scale = 3.2 / canvas.clientWidth;
      if (!last) return self.probe(e.offsetX, e.offsetY);
      self.turn((e.clientX - last.clientX) * scale, (e.clientY - last.clientY) * scale);
      last = e;
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { last = null; self.held = false; });
    });
    canvas.addEventListener("pointerleave", function () { self.figure.querySelector(".probe").textContent = ""; });
    canvas.addEventListener("dblclick", function () { self.reset(); });
    canvas.addEventListener("keydown", function (e) {
      var turns = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step]};
      if (e.altKey || e.ctrlKey || e.metaKey || (!turns[e.key] && e.key !== "Home")) return;
      e.preventDefault();
      if (e.key === "Home") self.reset(); else self.turn(turns[e.key][0], turns[e.key][1]);
    });
  };

  var clouds = list_of(section.querySelectorAll(".turnable")).map(function (f) { return new Cloud(f); });
  function redraw() { clouds.forEach(function (c) { c.draw(); }); }
  window.addEventListener("resize", redraw);
  window.addEventListener("beforeprint", function () { clouds.forEach(function (c) { c.tell_of_still(); }); });
  window.addEventListener("afterprint", function () { clouds.forEach(function (c) { c.recolor(); }); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  var before = 0;
  function spin(now) {
    if (!spinning || still.matches) return;
    var seconds = Math.min(0.1, (now - before) / 1000);
    before = now;
    clouds.forEach(function (c) {
      var at = c.canvas.getBoundingClientRect();
      if (!c.held && at.bottom > 0 && at.top < window.innerHeight) c.turn(0.35 * seconds, 0);
    });
    requestAnimationFrame(spin);
  }
  controls.addEventListener("input", function (e) {
    var name = e.target.name, value = e.target.value;
    if (name === "block") controls.querySelector("output").textContent = value;
    clouds.forEach(function (c) {
      if (name === "block") c.block = Number(value) - 1;
      if (name === "head") c.choices.head = Number(value);
      if (name === "color") c.by = value;
      if (name !== "spin") c.recolor();
    });
    if (name !== "spin" || spinning === e.target.checked) return;
    spinning = e.target.checked;
    before = performance.now();
    if (spinning) requestAnimationFrame(spin);
  });
});
