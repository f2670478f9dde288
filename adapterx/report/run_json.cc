#include "adapterx/report/run_json.h"

#include <cmath>

#include "adapterx/report/base64.h"
#include "adapterx/report/json_fields.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

// Calls visit(key, member) for each plain field: one list for writing and reading. The facts may be const.
template <class Facts, class Visit>
void for_each_field(Facts& facts, const Visit& visit) {
  visit("finished", facts.finished);
  visit("title", facts.title);
  visit("method", facts.method);
  visit("model", facts.model);
  visit("weights", facts.weights);
  visit("data", facts.data);
  visit("samples", facts.samples);
  visit("accuracy", facts.accuracy);
  visit("accuracy_split", facts.accuracy_split);
  visit("best_val_accuracy", facts.best_val_accuracy);
  visit("best_epoch", facts.best_epoch);
  visit("last_test_accuracy", facts.last_test_accuracy);
  visit("select", facts.select);
  visit("seconds", facts.seconds);
  visit("peak_rss_mb", facts.peak_rss_mb);
  visit("adapter_bytes", facts.adapter_bytes);
  visit("precision", facts.precision);
  visit("version", facts.version);
  visit("head_start", facts.head_start);
  visit("seed", facts.seed);
  visit("threads", facts.threads);
  visit("epochs", facts.epochs);
  visit("batch", facts.batch);
  visit("train_images", facts.train_images);
  visit("val_images", facts.val_images);
  visit("test_images", facts.test_images);
  visit("blocks_per_expert_set", facts.blocks_per_expert_set);
}

void write_parameters(const ParameterTable& table, Json& out) {
  out["trained_parameters"] = table.total();
  out["head_parameters"] = table.head();
  out["backbone_parameters"] = table.backbone;
  if (table.backbone > 0) {
    out["percent"] = 100. * static_cast<double>(table.total()) / static_cast<double>(table.backbone);
  }
  Json& parts = out["parameters"] = Json::array();
  for (const ParameterPart& part : table.parts) {
    parts.push_back({{"part", part.part}, {"count", part.count}, {"head", part.head}});
  }
}

ParameterTable parse_parameters(const Json& object) {
  ParameterTable table;
  read_field(object, "backbone_parameters", table.backbone);
  for (const Json& row : json_array(object, "parameters")) {
    if (!row.is_object()) fail("`parameters`: expected objects, got {}", row.type_name());
    ParameterPart& part = table.parts.emplace_back();
    read_field(row, "part", part.part);
    read_field(row, "count", part.count);
    read_field(row, "head", part.head);
  }
  return table;
}

std::vector<std::string> parse_texts(const Json& object, const char* key) {
  std::vector<std::string> texts;
  for (const Json& text : json_array(object, key)) texts.push_back(json_value<std::string>(text, key));
  return texts;
}

Json shown_json(const ShownSample& shown) {
  Json out = {{"name", shown.name}, {"truth", shown.truth}, {"predicted", shown.predicted}};
  if (std::isfinite(shown.confidence)) out["confidence"] = shown.confidence;
  if (!shown.image.empty()) out["image"] = to_base64(shown.image);
  if (!shown.points.empty()) out["points"] = to_base64(pack_points(shown.points));
  return out;
}

ShownSample parse_shown(const Json& object) {
  if (!object.is_object()) fail("expected an object, got {}", object.type_name());
  ShownSample shown;
  read_field(object, "name", shown.name);
  read_field(object, "truth", shown.truth);
  read_field(object, "predicted", shown.predicted);
  read_field(object, "confidence", shown.confidence);
  std::string image, points;
  read_field(object, "image", image);
  shown.image = from_base64(image);
  read_field(object, "points", points);
  shown.points = unpack_points(from_base64(points));
  return shown;
}

void write_choices(const ExpertChoices& choices, Json& out) {
  out["heads"] = choices.heads;
  out["experts"] = choices.experts;
  Json& blocks = out["blocks"] = Json::array();
  for (const std::vector<uint8_t>& choice : choices.blocks)
    blocks.push_back(to_base64(std::as_bytes(std::span(choice))));
}

ExpertChoices parse_choices(const Json& object) {
  ExpertChoices choices;
  read_field(object, "heads", choices.heads);
  read_field(object, "experts", choices.experts);
  for (const std::string& text : parse_texts(object, "blocks")) {
    std::vector<uint8_t>& choice = choices.blocks.emplace_back();
    for (const std::byte expert : from_base64(text)) choice.push_back(std::to_integer<uint8_t>(expert));
  }
  return choices;
}

Json routing_json(const RoutingPicture& picture) {
  Json out = shown_json(picture.shown);
  out["side"] = picture.side;
  write_choices(picture.choices, out);
  return out;
}

RoutingPicture parse_routing(const Json& object) {
  RoutingPicture picture;
  picture.shown = parse_shown(object);
  read_field(object, "side", picture.side);
  picture.choices = parse_choices(object);
  return picture;
}

Json cloud_json(const CloudPicture& cloud) {
  Json out = shown_json(cloud.shown);
  out["patches"] = cloud.patches;
  out["patch"] = to_base64(pack_patches(cloud.patch));
  write_choices(cloud.choices, out);
  return out;
}

CloudPicture parse_cloud(const Json& object) {
  CloudPicture cloud;
  cloud.shown = parse_shown(object);
  read_field(object, "patches", cloud.patches);
  std::string patch;
  read_field(object, "patch", patch);
  cloud.patch = unpack_patches(from_base64(patch));
  cloud.choices = parse_choices(object);
  return cloud;
}

Json confusion_json(const Confusion& confusion) {
  Json rows = Json::array();
  const size_t classes = confusion.classes.size();
  for (size_t truth = 0; truth * classes < confusion.counts.size(); ++truth) {
    const auto row = confusion.counts.begin() + static_cast<int64_t>(truth * classes);
    rows.push_back(std::vector<int64_t>(row, row + static_cast<int64_t>(classes)));
  }
  return rows;
}

Confusion parse_confusion(const Json& object) {
  Confusion confusion;
  confusion.classes = parse_texts(object, "classes");
  for (const Json& row : json_array(object, "confusion")) {
    if (!row.is_array() || row.size() != confusion.classes.size()) {
      fail("`confusion`: expected rows of {} counts, got {}", confusion.classes.size(),
           row.is_array() ? fmt::format("{}", row.size()) : row.type_name());
    }
    for (const Json& count : row) confusion.counts.push_back(json_value<int64_t>(count, "confusion"));
  }
  return confusion;
}

template <class Read>
auto naming(const std::string& name, const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

}  // namespace

std::string result_json(const RunFacts& facts) {
  Json out;
  for_each_field(facts, [&](const char* key, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) {
      if (!std::isfinite(value)) return;
    }
    out[key] = value;
  });
  write_parameters(facts.parameters, out);
  out["warnings"] = facts.warnings;
  return json_text(out, 2) + "\n";
}

RunFacts parse_result(const std::string& name, std::string_view text) {
  const Json object = parse_json_object(name, text);
  return naming(name, [&] {
    RunFacts facts;
    for_each_field(facts, [&](const char* key, auto& value) { read_field(object, key, value); });
    facts.parameters = parse_parameters(object);
    facts.warnings = parse_texts(object, "warnings");
    return facts;
  });
}

std::string findings_json(const Findings& findings) {
  check(findings);
  Json out;
  out["classes"] = findings.confusion.classes;
  out["confusion"] = confusion_json(findings.confusion);
  out["mistakes"] = Json::array();
  for (const ShownSample& shown : findings.mistakes) out["mistakes"].push_back(shown_json(shown));
  out["routing"] = Json::array();
  for (const RoutingPicture& picture : findings.routing) out["routing"].push_back(routing_json(picture));
  out["clouds"] = Json::array();
  for (const CloudPicture& cloud : findings.clouds) out["clouds"].push_back(cloud_json(cloud));
  return json_text(out) + "\n";
}

Findings parse_findings(const std::string& name, std::string_view text) {
  const Json object = parse_json_object(name, text);
  return naming(name, [&] {
    Findings findings;
    findings.confusion = parse_confusion(object);
    for (const Json& item : json_array(object, "mistakes")) {
      findings.mistakes.push_back(naming("`mistakes`", [&] { return parse_shown(item); }));
    }
    for (const Json& item : json_array(object, "routing")) {
      findings.routing.push_back(naming("`routing`", [&] { return parse_routing(item); }));
    }
    for (const Json& item : json_array(object, "clouds")) {
      findings.clouds.push_back(naming("`clouds`", [&] { return parse_cloud(item); }));
    }
    check(findings);
    return findings;
  });
}

}  // namespace ax
