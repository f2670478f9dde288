with_section("routing", function (section) {
  var colors = colors_of(section), controls = section.querySelector(".controls");

  function Picture(figure) {
    var data = JSON.parse(figure.querySelector("script").textContent), self = this;
    this.side = data.side;
    this.choices = new Choices(data, data.side * data.side);
    this.block = this.choices.blocks.length - 1;
    this.figure = figure;
    this.main = figure.querySelector(".main .photo");
    this.tiles = list_of(figure.querySelectorAll("button.tile"));
    this.tiles.forEach(function (tile, i) {
      tile.addEventListener("click", function () { self.block = i; self.draw(); });
    });
    this.main.addEventListener("pointermove", function (e) { self.probe(e); });
    this.main.addEventListener("pointerleave", function () { figure.querySelector(".probe").textContent = ""; });
  }
  Picture.prototype.map = function (block) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = this.side;
    var context = canvas.getContext("2d"), image = context.createImageData(this.side, this.side);
    this.choices.patch_experts(block).forEach(function (expert, i) {
      image.data.set(colors[expert].concat(255), 4 * i);
    });
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  };
  Picture.prototype.redraw_maps = function () {
    this.tiles.forEach(function (tile, i) { tile.querySelector(".map").src = this.map(i); }, this);
    this.draw();
  };
  Picture.prototype.shown_block = function () { return Math.min(this.block, this.choices.blocks.length - 1); };
  Picture.prototype.draw = function () {
    var block = this.shown_block();
    this.main.querySelector(".map").src = this.tiles[block].querySelector(".map").src;
    this.choices.show_state(this.figure, block, colors);
    this.tiles.forEach(function (tile, i) { tile.setAttribute("aria-pressed", String(i === block)); });
  };
  Picture.prototype.probe = function (e) {
    var box = this.main.getBoundingClientRect();
    var x = Math.floor((e.clientX - box.left) / box.width * this.side);
    var y = Math.floor((e.clientY - box.top) / box.height * this.side);
    if (x < 0 || y < 0 || x >= this.side || y >= this.side) return;
    this.figure.querySelector(".probe").textContent = "row " + (y + 1) + ", column " + (x + 1) + ": " +
      experts_text(this.choices.patch_votes(this.shown_block(), y * this.side + x));
  };

  var pictures = list_of(section.querySelectorAll(".routing")).map(function (f) { return new Picture(f); });
  pictures.forEach(function (p) { p.draw(); });
  controls.addEventListener("input", function (e) {
    var name = e.target.name, value = Number(e.target.value);
    if (name === "tint") section.classList.toggle("bare", !e.target.checked);
    if (name === "block") {
      controls.querySelector("output").textContent = value;
      pictures.forEach(function (p) { p.block = value - 1; p.draw(); });
    }
    if (name === "head") pictures.forEach(function (p) { p.choices.head = value; p.redraw_maps(); });
  });
});
