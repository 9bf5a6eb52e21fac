using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Models.Tests.Onnx;

/// <summary>
/// A BERT as an ONNX file, in the operators of a newer export than the packages' (LayerNormalization, Gelu, Gemm), with what a test wants
/// to be otherwise.
/// </summary>
internal sealed class Export(Torch.Models.Encoder model)
{
    private readonly Message graph = new();
    private readonly ArrayBufferWriter<byte> beside = new();
    private int made;

    /// <summary>The file beside this one that holds the larger tensors; null = none does.</summary>
    public string? Beside { get; init; }

    /// <summary>What comes before the names of the model's own weights.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The domain of the activation; another than ONNX's own is an optimiser's.</summary>
    public string Domain { get; init; } = "";

    /// <summary>A tensor that is given as whole numbers of eight bits, as a quantised export has it.</summary>
    public string? Quantised { get; init; }

    /// <summary>Whether linear maps come as Transpose of a matrix that keeps its name.</summary>
    public bool KeepsMatrices { get; init; }

    /// <summary>Whether norms lack their names.</summary>
    public bool LosesNorms { get; init; }

    /// <summary>Writes the file, and the one beside it.</summary>
    public void Write(string path)
    {
        var config = model.Config;
        var epsilon = (float)config.ToJson()["layer_norm_eps"]!.GetValue<double>();
        var length = Node("Gather", [Node("Shape", ["input_ids"]), Integers(1)], ("axis", 0));
        var places = Node(
            "Slice",
            [Integers([1, config.MaxPositions], [.. Enumerable.Range(0, config.MaxPositions)]), Integers(0), length, Integers(1)]
        );
        var x = Node("Gather", [Weight("embeddings.word_embeddings.weight"), "input_ids"]);
        x = Node("Add", [x, Node("Gather", [Weight("embeddings.token_type_embeddings.weight"), "token_type_ids"])]);
        x = Node("Add", [x, Node("Gather", [Weight("embeddings.position_embeddings.weight"), places])]);
        x = Norm(x, "embeddings.LayerNorm");
        var real = Node("Cast", [Node("Unsqueeze", ["attention_mask", Integers(1, 2)])], ("to", 1));
        var mask = Node("Mul", [Node("Sub", [Number(1), real]), Number(-1e9f)]);
        var size = config.HiddenSize / config.Heads;
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"encoder.layer.{layer}.";
            var (q, k, v) = (Heads("query", 0, 2, 1, 3), Heads("key", 0, 2, 3, 1), Heads("value", 0, 2, 1, 3));
            var scores = Node("Add", [Node("Div", [Node("MatMul", [q, k]), Number(MathF.Sqrt(size))]), mask]);
            var seen = Node("Transpose", [Node("MatMul", [Node("Softmax", [scores], ("axis", -1)), v])], ("perm", (long[])[0, 2, 1, 3]));
            seen = Map(Node("Reshape", [seen, Integers(0, 0, config.HiddenSize)]), name + "attention.output.dense");
            x = Norm(Node("Add", [seen, x]), name + "attention.output.LayerNorm");
            var wide = Map(x, name + "intermediate.dense");
            wide = Node("Gelu", [wide], domain: Domain);
            x = Norm(Node("Add", [Map(wide, name + "output.dense"), x]), name + "output.LayerNorm");

            string Heads(string map, params long[] order) =>
                Node(
                    "Transpose",
                    [Node("Reshape", [Map(x, $"{name}attention.self.{map}"), Integers(0, 0, config.Heads, size)])],
                    ("perm", order)
                );
        }

        Node("Identity", [x], output: "last_hidden_state");
        if (model.Parameters.ContainsKey("pooler.dense.weight"))
        {
            var first = Node("Gather", [x, Integers([], [0])], ("axis", 1));
            first = Node("Gemm", [first, Weight("pooler.dense.weight"), Weight("pooler.dense.bias")], ("transB", 1));
            Node("Tanh", [first], output: "pooled");
            graph.Add(12, Value("pooled", 1, "batch"));
        }

        foreach (var input in (string[])["input_ids", "attention_mask", "token_type_ids"])
            graph.Add(11, Value(input, 7, "batch", "sequence"));
        graph.Add(12, Value("last_hidden_state", 1, "batch", "sequence"));
        graph.Add(2, "bert");
        var file = new Message().Add(1, 10).Add(2, "test").Add(7, graph).Add(8, new Message().Add(1, "").Add(2, 20));
        if (Domain.Length > 0)
            file.Add(8, new Message().Add(1, Domain).Add(2, 1));
        File.WriteAllBytes(path, file.Bytes);
        if (Beside is not null)
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, Beside), beside.WrittenSpan.ToArray());

        string Norm(string of, string name) =>
            Node(
                "LayerNormalization",
                LosesNorms
                    ? [of, Weight($"{name}.weight", $"norm_{++made}"), Weight($"{name}.bias", $"norm_{++made}")]
                    : [of, Weight($"{name}.weight"), Weight($"{name}.bias")],
                ("axis", -1),
                ("epsilon", epsilon)
            );

        string Map(string of, string name)
        {
            var matrix = KeepsMatrices
                ? Node("Transpose", [Weight($"{name}.weight")], ("perm", (long[])[1, 0]))
                : Weight($"{name}.weight", $"onnx::MatMul_{++made}", isTurned: true);
            return Node("Add", [Weight($"{name}.bias"), Node("MatMul", [of, matrix])]);
        }
    }

    private string Node(string type, string[] inputs, params (string Name, object Value)[] attributes) =>
        Node(type, inputs, "", null, attributes);

    private string Node(
        string type,
        string[] inputs,
        string domain = "",
        string? output = null,
        params (string Name, object Value)[] attributes
    )
    {
        output ??= $"{type}_{++made}";
        var node = new Message();
        foreach (var input in inputs)
            node.Add(1, input);
        node.Add(2, output).Add(3, $"/{output}").Add(4, type);
        if (domain.Length > 0)
            node.Add(7, domain);
        foreach (var (name, value) in attributes)
        {
            var attribute = new Message().Add(1, name);
            if (value is float number)
                attribute.Add(2, number).Add(20, 1);
            else if (value is long[] all)
            {
                foreach (var one in all)
                    attribute.Add(8, one);
                attribute.Add(20, 7);
            }
            else
                attribute.Add(3, Convert.ToInt64(value, CultureInfo.InvariantCulture)).Add(20, 2);
            node.Add(5, attribute);
        }

        graph.Add(1, node);
        return output;
    }

    private string Weight(string name, string? given = null, bool isTurned = false)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var value = model.Parameters[name].detach();
        var tensor = (isTurned ? value.t() : value).contiguous();
        given ??= Prefix + name;
        if (name == Quantised)
            return Tensor(given, 3, tensor.shape, new byte[tensor.numel()]);
        return Tensor(given, 1, tensor.shape, MemoryMarshal.AsBytes(TensorMemory.Span<float>(tensor)));
    }

    private string Number(float value) => Tensor($"number_{++made}", 1, [], BitConverter.GetBytes(value));

    private string Integers(params int[] values) => Integers([values.Length], values);

    private string Integers(long[] shape, int[] values) =>
        Tensor($"integers_{++made}", 7, shape, MemoryMarshal.AsBytes<long>(values.Select(v => (long)v).ToArray()));

    private string Tensor(string name, int type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        var tensor = new Message();
        foreach (var size in shape)
            tensor.Add(1, size);
        tensor.Add(2, type).Add(8, name);
        if (Beside is null || bytes.Length < 64)
        {
            tensor.Add(9, bytes);
        }
        else
        {
            foreach (
                var (key, value) in new (string, object)[]
                {
                    ("location", Beside),
                    ("offset", beside.WrittenCount),
                    ("length", bytes.Length),
                }
            )
                tensor.Add(13, new Message().Add(1, key).Add(2, string.Create(CultureInfo.InvariantCulture, $"{value}")));
            tensor.Add(14, 1);
            beside.Write(bytes);
        }

        graph.Add(5, tensor);
        return name;
    }

    private static Message Value(string name, int type, params string[] sizes)
    {
        var shape = new Message();
        foreach (var size in sizes)
            shape.Add(1, new Message().Add(2, size));
        if (type == 1)
            shape.Add(1, new Message()); // The last size of hidden states: open.
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, type).Add(2, shape)));
    }
}
