#include "adapterx/report/page_parts.h"

namespace ax {

// Without script the routing pictures show the majority of sub-heads, and the last block large. The colours
// of the experts are read off the legend.
std::string_view page_script() {
  return R"js((function () {
  "use strict";
  var section = document.getElementById("routing");
  if (!section) return;
  document.documentElement.classList.add("js");
  var colors = Array.prototype.map.call(section.querySelectorAll(".legend i"), function (i) {
    return getComputedStyle(i).backgroundColor.match(/\d+/g).slice(0, 3).map(Number);
  });
  var controls = section.querySelector(".controls");
  controls.addEventListener("submit", function (e) { e.preventDefault(); });

  function majority(votes) {
    var count = {}, best = votes[0];
    votes.forEach(function (v) { count[v] = (count[v] || 0) + 1; });
    Object.keys(count).map(Number).forEach(function (v) {
      if (count[v] > count[best] || (count[v] === count[best] && v < best)) best = v;
    });
    return best;
  }

  function Picture(figure) {
    var data = JSON.parse(figure.querySelector("script").textContent);
    this.side = data.side;
    this.heads = data.heads;
    this.blocks = data.blocks.map(function (text) {
      return Array.prototype.map.call(atob(text), function (c) { return c.charCodeAt(0); });
    });
    this.block = this.blocks.length - 1;
    this.head = -1;
    this.figure = figure;
    this.main = figure.querySelector(".main .photo");
    this.tiles = Array.prototype.slice.call(figure.querySelectorAll("button.tile"));
    var self = this;
    this.tiles.forEach(function (tile, i) {
      tile.addEventListener("click", function () { self.block = i; self.draw(); });
    });
    this.main.addEventListener("pointermove", function (e) { self.probe(e); });
    this.main.addEventListener("pointerleave", function () { figure.querySelector(".probe").textContent = ""; });
  }
  Picture.prototype.votes = function (block, token) {
    return this.blocks[block].slice(token * this.heads, (token + 1) * this.heads);
  };
  Picture.prototype.others = function (block) {
    return this.blocks[block].length / this.heads - this.side * this.side;
  };
  Picture.prototype.expert = function (block, token) {
    var votes = this.votes(block, token);
    return this.head >= 0 && this.head < this.heads ? votes[this.head] : majority(votes);
  };
  Picture.prototype.map = function (block) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = this.side;
    var context = canvas.getContext("2d"), image = context.createImageData(this.side, this.side);
    for (var i = 0, first = this.others(block); i < this.side * this.side; ++i) {
      var color = colors[this.expert(block, first + i)];
      image.data.set([color[0], color[1], color[2], 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  };
  Picture.prototype.redraw_maps = function () {
    this.tiles.forEach(function (tile, i) { tile.querySelector(".map").src = this.map(i); }, this);
    this.draw();
  };
  Picture.prototype.draw = function () {
    var block = Math.min(this.block, this.blocks.length - 1);
    this.main.querySelector(".map").src = this.tiles[block].querySelector(".map").src;
    this.figure.querySelector(".state b").textContent = "block " + (block + 1);
    var others = this.figure.querySelector(".others");
    others.textContent = "";
    for (var token = 0; token < this.others(block); ++token) {
      var chip = document.createElement("i");
      chip.style.background = "rgb(" + colors[this.expert(block, token)] + ")";
      others.appendChild(chip);
    }
    this.tiles.forEach(function (tile, i) { tile.setAttribute("aria-pressed", String(i === block)); });
  };
  Picture.prototype.probe = function (e) {
    var box = this.main.getBoundingClientRect();
    var x = Math.floor((e.clientX - box.left) / box.width * this.side);
    var y = Math.floor((e.clientY - box.top) / box.height * this.side);
    if (x < 0 || y < 0 || x >= this.side || y >= this.side) return;
    var block = Math.min(this.block, this.blocks.length - 1);
    var votes = this.votes(block, this.others(block) + y * this.side + x);
    this.figure.querySelector(".probe").textContent = "row " + (y + 1) + ", column " + (x + 1) + ": expert" +
      (votes.length > 1 ? "s " : " ") + votes.map(function (v) { return v + 1; }).join(", ");
  };

  var pictures = Array.prototype.map.call(section.querySelectorAll(".routing"), function (f) { return new Picture(f); });
  pictures.forEach(function (p) { p.draw(); });
  controls.addEventListener("input", function (e) {
    var name = e.target.name, value = Number(e.target.value);
    if (name === "tint") section.classList.toggle("bare", !e.target.checked);
    if (name === "block") {
      controls.querySelector("output").textContent = value;
      pictures.forEach(function (p) { p.block = value - 1; p.draw(); });
    }
    if (name === "head") pictures.forEach(function (p) { p.head = value; p.redraw_maps(); });
  });
})();
)js";
}

}  // namespace ax
