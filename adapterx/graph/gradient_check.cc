#include "adapterx/graph/gradient_check.h"

#include <cmath>

#include "adapterx/base/rng.h"
#include "adapterx/graph/op.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"

namespace ax {
namespace {

constexpr double kDifference = 1e-5;
constexpr char kProbe[] = "probe";  // the loss is <result, probe>

struct Built {
  Value result, loss;
};

Built build_with_loss(Graph& graph, const BuildFunction& build) {
  // Scaled, so that what is built ends inside the graph, where rewrites reach it.
  const Value result = scale(cast(build(graph), Role::exact), 1.5f);
  return {result, sum(multiply(result, graph.input(kProbe, result.shape())))};
}

void write(const Tensor& t, const std::vector<double>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (t.dtype == DType::i32) {
      t.i32()[i] = static_cast<int32_t>(values[i]);
    } else if (t.dtype == DType::bf16) {
      t.bf16()[i] = to_bf16(static_cast<float>(values[i]));
    } else {
      t.f32()[i] = static_cast<float>(values[i]);
    }
  }
}

std::vector<double> read(const Tensor& t) {
  std::vector<double> values(static_cast<size_t>(t.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(t.dtype == DType::bf16 ? to_float(t.bf16()[i]) : t.f32()[i]);
  }
  return values;
}

// What the session computes: the result, then every parameter's gradient.
struct Compiled {
  std::vector<double> result;
  std::vector<std::pair<std::string, std::vector<double>>> gradients;
};

Compiled run_compiled(const BuildFunction& build, const CheckOptions& options, const TwinFeed& feed) {
  Graph graph;
  const Built built = build_with_loss(graph, build);
  CompileRequest request;
  request.outputs = {{"result", built.result}};
  request.options = options.compile;
  const WeightSource source = [&](std::string_view name, const Shape& shape, std::span<float> out) {
    const std::vector<double> values = feed(name, shape);
    for (size_t i = 0; i < values.size(); ++i) out[i] = static_cast<float>(values[i]);
    return true;
  };
  request.frozen = std::make_shared<FrozenWeights>(source);
  if (options.gradients) {
    request.loss = built.loss;
    for (const int id : graph.parameters()) graph.info(id).use.trained = true;
    request.trained = std::make_shared<TrainedParameters>(graph);
    request.trained->initialise(source, 0);
  }
  std::vector<std::string> inputs;
  for (int id = 0; id < graph.value_count(); ++id) {
    if (graph.info(id).kind == ValueKind::input) inputs.push_back(graph.info(id).name);
  }
  const auto session = compile(graph, request);
  for (const std::string& name : inputs) write(session->input(name), feed(name, session->input(name).shape));
  session->run(options.seed, options.step);
  Compiled out{read(session->output("result")), {}};
  if (options.gradients) {
    for (const auto& e : request.trained->optimised())
      out.gradients.emplace_back(e.name, read(request.trained->gradient(e)));
  }
  return out;
}

}  // namespace

double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(norm > 0 ? difference / norm : difference);
}

std::vector<double> test_values(std::string_view name, const Shape& shape) {
  const Rng rng(11, 0, place_of(name));
  std::vector<double> v(static_cast<size_t>(shape.size()));
  for (size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(2 * rng.uniform(i) - 1);
  if (name != "probabilities") return v;
  const size_t classes = static_cast<size_t>(shape.dim(-1));
  for (size_t row = 0; row < v.size(); row += classes) {
    double total = 0;
    for (size_t c = row; c < row + classes; ++c) total += v[c] = std::abs(v[c]);
    for (size_t c = row; c < row + classes; ++c) v[c] /= total;
  }
  return v;
}

CheckResult check_graph(const BuildFunction& build, const CheckOptions& options) {
  Graph graph;
  const Built built = build_with_loss(graph, build);
  const TwinFeed feed = [&](std::string_view name, const Shape& shape) {
    std::vector<double> v = options.feed ? options.feed(name, shape) : test_values(name, shape);
    const int id = graph.find(ValueKind::input, name);
    if (id >= 0 && graph.info(id).role == Role::index) {
      for (size_t i = 0; i < v.size(); ++i)
        v[i] = static_cast<double>(i * 7 % static_cast<size_t>(options.classes));
    }
    return v;
  };
  const Compiled compiled = run_compiled(build, options, feed);
  CheckResult check;
  check.forward_error = relative_error(
      compiled.result, interpret(graph, {built.result}, feed, options.seed, options.step)[0].v);

  for (const auto& [name, gradient] : compiled.gradients) {
    std::vector<double> differences(gradient.size());
    for (size_t i = 0; i < gradient.size(); ++i) {
      const auto loss_at = [&, parameter = name](double shift) {
        const TwinFeed shifted = [&](std::string_view n, const Shape& shape) {
          std::vector<double> v = feed(n, shape);
          if (n == parameter) v[i] += shift;
          return v;
        };
        return interpret(graph, {built.loss}, shifted, options.seed, options.step)[0].v[0];
      };
      differences[i] = (loss_at(kDifference) - loss_at(-kDifference)) / (2 * kDifference);
    }
    const double error = relative_error(gradient, differences);
    if (error >= check.worst_gradient_error) {
      check.worst_gradient_error = error;
      check.worst_parameter = name;
    }
  }
  return check;
}

}  // namespace ax
