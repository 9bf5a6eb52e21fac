using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Onnx;

/// <summary>The <c>config.json</c> of a BERT, from what its export computes: sizes of tensors, how heads are cut, the activation.</summary>
internal sealed class OnnxConfig(OnnxGraph graph, OnnxWeights weights)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="ModelException">Something cannot be told from the graph; the text says what to do.</exception>
    public JsonObject Read()
    {
        var tokens = weights.Shape(OnnxWeights.TokenTable)!;
        var (positions, types) = (Table("position_embeddings"), Table("token_type_embeddings"));
        if (types[0] != 2 || graph.Nodes.Any(node => node.Type == "CumSum"))
            throw Unknown("which family it is of (it is no plain BERT: RoBERTa counts positions in another way)");
        var inner = weights.Shape("encoder.layer.0.intermediate.dense.bias") ?? throw Unknown("the width of its feed-forward");
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(Architecture(out var labels)),
            ["hidden_act"] = Activation(),
            ["hidden_size"] = Int(tokens[1]),
            ["intermediate_size"] = Int(inner[0]),
            ["layer_norm_eps"] = Epsilon(),
            ["max_position_embeddings"] = Int(positions[0]),
            ["model_type"] = "bert",
            ["num_attention_heads"] = Int(Heads(tokens[1])),
            ["num_hidden_layers"] = weights.Names.Keys.Select(Layer).Max() + 1,
            ["pad_token_id"] = 0,
            ["position_embedding_type"] = "absolute",
            ["type_vocab_size"] = Int(types[0]),
            ["vocab_size"] = Int(tokens[0]),
        };
        if (labels is { } count)
            json["num_labels"] = Int(count);
        return json;
    }

    private int Int(long size) => size is > 0 and < 1 << 30 ? (int)size : throw graph.File.Bad($"a tensor has {size} rows or columns.");

    private static int Layer(string name)
    {
        const string Before = "encoder.layer.";
        return
            name.StartsWith(Before, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Before.Length).ToString().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            ? i
            : -1;
    }

    private string Architecture(out long? labels)
    {
        labels = weights.Shape("classifier.bias")?[0];
        return labels is null
            ? weights.Names.Keys.Any(name => name.StartsWith("cls.predictions.", StringComparison.Ordinal))
                ? "BertForMaskedLM"
                : "BertModel"
            : weights.Shape("pooler.dense.weight") is null
                ? "BertForTokenClassification"
                : "BertForSequenceClassification";
    }

    private long[] Table(string name) => weights.Shape($"embeddings.{name}.weight") ?? throw Unknown($"the size of its {name}");

    /// <summary>How queries are cut into heads: the last two sizes of the shape that they are given.</summary>
    private long Heads(long hidden)
    {
        foreach (var shape in Behind("attention.self.query.bias").Where(node => node is { Type: "Reshape", Inputs.Count: 2 }))
            if (Sizes(shape.Inputs[1]) is [.., var heads, { } size] && size > 0 && (heads is null or < 1 || heads * size == hidden))
                return hidden / size;
        throw Unknown("the number of its heads");
    }

    /// <summary>What a shape consists of; null where it is computed.</summary>
    private IReadOnlyList<long?> Sizes(string name) =>
        graph.Constants.TryGetValue(name, out var constant) ? [.. (constant.Integers() ?? []).Select(size => (long?)size)]
        : graph.Maker(name) is { Type: "Concat", Inputs: var parts }
            ? [.. parts.SelectMany(part => graph.Constants.ContainsKey(part) ? Sizes(part) : [null])]
        : [];

    private string Activation()
    {
        var (waiting, seen) = (new Queue<OnnxNode>(Behind("layer.0.intermediate.dense.bias")), new HashSet<OnnxNode>());
        while (waiting.TryDequeue(out var node))
        {
            if (node.Type is "MatMul" or "Gemm" || !seen.Add(node))
                continue;
            foreach (var next in node.Outputs.SelectMany(graph.Takers))
                waiting.Enqueue(next);
        }

        OnnxNode[] all = [.. seen.Where(node => node.Type is "Erf" or "Gelu" or "Tanh" or "Relu").DistinctBy(node => node.Type)];
        return all switch
        {
            [{ Type: "Erf" }] => "gelu",
            [{ Type: "Tanh" }] => "gelu_new",
            [{ Type: "Gelu" } gelu] => gelu.Texts.GetValueOrDefault("approximate", "none") == "tanh" ? "gelu_new" : "gelu",
            [{ Type: "Relu" }] => "relu",
            _ => throw Unknown("the activation of its feed-forward"),
        };
    }

    private double Epsilon()
    {
        foreach (var node in graph.Nodes)
            if (node.Type == "LayerNormalization")
                return Exactly(node.Numbers.GetValueOrDefault("epsilon", 1e-5f));
            else if (node is { Type: "Sqrt", Inputs: [var sum] } && graph.Maker(sum) is { Type: "Add", Inputs: var parts })
                foreach (var part in parts)
                    if (graph.Constants.TryGetValue(part, out var constant) && constant.Number() is { } epsilon)
                        return Exactly((float)epsilon);
        throw Unknown("the epsilon of its norms");
    }

    /// <summary>The shortest number that means the same: 1e-12, not what its 32 bits are in 64.</summary>
    private static double Exactly(float number) =>
        double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The operations behind linear maps whose biases' names end like that.</summary>
    private IEnumerable<OnnxNode> Behind(string bias) =>
        graph
            .Nodes.Where(node => node.Type is "Add" or "Gemm" && node.Inputs.Any(input => input.EndsWith(bias, StringComparison.Ordinal)))
            .SelectMany(node => node.Outputs)
            .SelectMany(graph.Takers);

    private ModelException Unknown(string what) =>
        graph.File.Bad($"the graph does not tell {what}. Put the model's config.json beside the file: it is read first.");
}
