function list_of(nodes) { return Array.prototype.slice.call(nodes); }
function bytes_of(text) {
  return Array.prototype.map.call(atob(text), function (c) { return c.charCodeAt(0); });
}
function majority(votes) {
  var count = {}, best = votes[0];
  votes.forEach(function (v) { count[v] = (count[v] || 0) + 1; });
  Object.keys(count).map(Number).forEach(function (v) {
    if (count[v] > count[best] || (count[v] === count[best] && v < best)) best = v;
  });
  return best;
}
function colors_of(section) {
  return list_of(section.querySelectorAll(".legend i")).map(function (i) {
    return getComputedStyle(i).backgroundColor.match(/\d+/g).slice(0, 3).map(Number);
  });
}

// Experts of a sample's tokens: those before the patches, then the patches.
function Choices(data, patches) {
  this.heads = data.heads;
  this.patches = patches;
  this.blocks = data.blocks.map(bytes_of);
  this.head = -1;
}
Choices.prototype.votes = function (block, token) {
  return this.blocks[block].slice(token * this.heads, (token + 1) * this.heads);
};
Choices.prototype.others = function (block) { return this.blocks[block].length / this.heads - this.patches; };
Choices.prototype.expert = function (block, token) {
  var votes = this.votes(block, token);
  return this.head >= 0 && this.head < this.heads ? votes[this.head] : majority(votes);
};
Choices.prototype.patch_votes = function (block, patch) { return this.votes(block, this.others(block) + patch); };
Choices.prototype.patch_experts = function (block) {
  var experts = [];
  for (var i = 0, first = this.others(block); i < this.patches; ++i) experts.push(this.expert(block, first + i));
  return experts;
};
Choices.prototype.show_state = function (figure, block, colors) {
  figure.querySelector(".state b").textContent = "block " + (block + 1);
  var others = figure.querySelector(".others");
  others.textContent = "";
  for (var token = 0; token < this.others(block); ++token) {
    var chip = document.createElement("i");
    chip.style.background = "rgb(" + colors[this.expert(block, token)] + ")";
    others.appendChild(chip);
  }
};
function experts_text(votes) {
  return "expert" + (votes.length > 1 ? "s " : " ") + votes.map(function (v) { return v + 1; }).join(", ");
}

// Calls part(section) where the page has it.
function with_section(id, part) {
  var section = document.getElementById(id);
  if (!section) return;
  document.documentElement.classList.add("js");
  section.querySelector(".controls").addEventListener("submit", function (e) { e.preventDefault(); });
  part(section);
}
