// What a run of training leaves for its reader: plain data, written and read by run_folder.h, shown by
// page.h. Numbers that were not measured are NaN, and absent in files. Accuracies and shares are fractions of
// one, learning rates as the optimizer had them, memory in MB of 10^6 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/records/epoch_record.h"

namespace ax {

struct ParameterPart {
  std::string part;  // "LN2", "PG", "CLS", "SMoA", "head"
  int64_t count = 0;
  bool head = false;  // published percentages leave the head out or not: the report shows both
};

struct ParameterTable {
  std::vector<ParameterPart> parts;
  int64_t backbone = 0;  // parameters of the pretrained model without its head

  int64_t total() const;
  int64_t head() const;
};

// What is known of a run as a whole. Empty texts and numbers of 0 are not shown.
struct RunFacts {
  bool finished = false;  // false from the start until the last epoch and the final evaluation are done
  std::string title;      // of the page; "AdaptFormer-X on fashion-mnist"
  std::string model, weights, method, data, precision, version;
  std::string samples = "images";  // what the data are, in the plural, for sentences: "clouds"
  std::string select;              // "val-best", "last" or "test-best"; the page warns of the last
  std::string head_start;          // "linear probe on 800 images, ..."; "": random weights
  uint64_t seed = 0;
  int64_t threads = 0, epochs = 0, batch = 0;                 // epochs: as planned
  int64_t train_images = 0, val_images = 0, test_images = 0;  // samples of whatever kind

  double accuracy = kNotMeasured;  // the headline: of the model kept, on `accuracy_split`
  std::string accuracy_split;      // "test" or "val"
  double best_val_accuracy = kNotMeasured;
  int64_t best_epoch = 0;                    // of the model kept
  double last_test_accuracy = kNotMeasured;  // of the last epoch's model, where it was tested as well
  ParameterTable parameters;
  double seconds = kNotMeasured;  // of the whole training, over all resumptions
  double peak_rss_mb = kNotMeasured;
  int64_t adapter_bytes = 0;

  int64_t blocks_per_expert_set = 0;  // blocks that share one set of experts; 0: all blocks share one
  std::vector<std::string> warnings;  // whole sentences, shown at the top of the page
};

// Classes of the final evaluation and how they were told apart.
struct Confusion {
  std::vector<std::string> classes;
  std::vector<int64_t> counts;  // [C, C]: row the truth, column the prediction

  bool empty() const { return counts.empty(); }
  int64_t at(size_t truth, size_t predicted) const { return counts[truth * classes.size() + predicted]; }
};

// One sample that was classified, either an image or a cloud of points. Truth and prediction are indices of
// Confusion::classes.
struct ShownSample {
  std::string name;              // as the data set calls it, mostly a path
  std::vector<std::byte> image;  // a small PNG or JPEG file (thumbnail.h)
  int64_t truth = 0, predicted = 0;
  double confidence = kNotMeasured;   // probability of the prediction
  std::vector<uint16_t> points = {};  // [N, 3], y up, as shown_cloud.h makes them
};

// Which expert weighs most for each token of a sample.
struct ExpertChoices {
  int64_t heads = 1;    // sub-heads, each routed on its own
  int64_t experts = 0;  // at most 256
  // For each block [T, heads], T = other tokens (class, prompts; their number may grow from block to block)
  // first, then the patches.
  std::vector<std::vector<uint8_t>> blocks;
};

// Of an image, cropped and resized to what the model saw. Its patches stand row by row.
struct RoutingPicture {
  ShownSample shown;
  int64_t side = 0;  // the patches form a grid of side x side
  ExpertChoices choices;
};

// A cloud, its patches and, where the method has experts, which of them weighs most for each patch.
struct CloudPicture {
  ShownSample shown;
  int64_t patches = 0;          // at most 4096
  std::vector<uint16_t> patch;  // [N]: the one each point belongs to, that of the nearest centre
  ExpertChoices choices;        // no experts and no blocks where the method has none
};

// What is looked at when training is over.
struct Findings {
  Confusion confusion;
  std::vector<ShownSample> mistakes;  // the most confident first
  std::vector<RoutingPicture> routing;
  std::vector<CloudPicture> clouds;
};

struct RunRecord {
  RunFacts facts;
  std::string config;  // text of config.toml
  std::vector<EpochRecord> epochs;
  Findings findings;
};

// Throws Error naming the field where sizes, indices or shares don't fit each other.
void check(const ExpertUse& use);
void check(const Findings& findings);

}  // namespace ax
