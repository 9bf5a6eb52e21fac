using TaskDsl.HuggingFace;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Onnx;

/// <summary>
/// The weights of a model of the BERT family in a graph, under Hugging Face's names. PyTorch's exporter keeps the names of tables, norms
/// and biases, and turns the matrix of a linear map round under a number; what is added behind the product says whose it is.
/// </summary>
internal sealed class OnnxWeights
{
    private const int Named = 5; // Of a list: more would hide what else is wrong.

    /// <summary>What an exported encoder of the family is computed with; another operation is another model.</summary>
    private static readonly HashSet<string> Known =
    [
        .. "Add And Cast CastLike Clip Concat ConstantOfShape CumSum Div Dropout Equal Erf Expand Flatten Gather GatherElements".Split(' '),
        .. "GatherND Gelu Gemm Greater GreaterOrEqual Identity IsNaN LayerNormalization Less LessOrEqual LpNormalization MatMul".Split(' '),
        .. "Max Min Mul Not Or Pow Range ReduceMean ReduceL2 ReduceSum Relu Reshape Shape Slice Softmax Split Sqrt Squeeze".Split(' '),
        .. "Sub Tanh Transpose Unsqueeze Where".Split(' '),
    ];

    private readonly OnnxGraph graph;
    private readonly Dictionary<string, (OnnxTensor Tensor, bool IsTurned)> found = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <exception cref="ModelException">The graph has operations or weights that are none of the family's; they are named.</exception>
    public OnnxWeights(OnnxGraph graph)
    {
        this.graph = graph;
        Refuse(
            "operation",
            graph.Nodes.Where(node => node.Domain.Length > 0 || !Known.Contains(node.Type)).Select(node => node.Title),
            "Export the model as it is: in float32, without fusing or quantising it."
        );
        var maps = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
            if (node.Type is "MatMul" or "Gemm" && node.Inputs.Count > 1 && Matrix(node.Inputs[1]) is var (matrix, isTurned))
                AddMap(node, matrix, isTurned, maps);
        var others = graph.Constants.Values.Where(c => !maps.Contains(c.Name) && IsWeight(c)).ToArray();
        foreach (var other in others.Where(o => IsNamed(o.Name)))
            found.TryAdd(other.Name, (other, false));
        Refuse(
            "tensor",
            others
                .Where(o => !IsNamed(o.Name))
                .Select(o => o.Title + (graph.Takers(o.Name).FirstOrDefault() is { } taker ? $", taken by {taker.Title}" : "")),
            "An export by torch.onnx or Optimum, of a model of the BERT family, was expected."
        );
        var tokens = found.Keys.Where(name => name.EndsWith(TokenTable, StringComparison.Ordinal)).ToArray();
        if (tokens is not [var table])
            throw graph.File.Bad($"a model of the BERT family has one tensor '{TokenTable}'; this file has {tokens.Length}.");
        var prefix = table[..^TokenTable.Length];
        Names = found.Keys.ToDictionary(
            name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name,
            name => name,
            StringComparer.Ordinal
        );
    }

    /// <summary>The table of token embeddings, as all of the family call it.</summary>
    public const string TokenTable = "embeddings.word_embeddings.weight";

    /// <summary>The names without what a model with a head puts in front (<c>bert.</c>), and as they stand in the file.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>A weight's shape; null = there is none of that name.</summary>
    public long[]? Shape(string name) =>
        !Names.TryGetValue(name, out var stored) ? null
        : found[stored] is { IsTurned: true, Tensor.Shape: var shape } ? [.. shape.Reverse()]
        : found[stored].Tensor.Shape;

    /// <summary>Reads a weight.</summary>
    public Tensor Read(string name)
    {
        var (tensor, isTurned) = found[Names[name]];
        using var scope = NewDisposeScope();
        var stored = tensor.Open();
        return (isTurned ? stored.t().contiguous() : stored).MoveToOuterDisposeScope();
    }

    /// <summary>Names things that cannot be used, the first of them.</summary>
    private void Refuse(string what, IEnumerable<string> titles, string advice)
    {
        var all = titles.ToArray();
        if (all.Length > 0)
            throw graph.File.Bad(
                $"{all.Length} {what}{(all.Length == 1 ? "" : "s")} cannot be mapped to a model of the BERT family: "
                    + $"{string.Join("; ", all.Take(Named))}{(all.Length > Named ? "; …" : ".")} {advice}"
            );
    }

    /// <summary>The matrix that a product takes, and whether an operation turns it round first.</summary>
    private (OnnxTensor Matrix, bool IsTurned)? Matrix(string name)
    {
        var isTurned = false;
        for (; graph.Maker(name) is { Inputs: [var from, ..] } maker; name = from)
            if (maker.Type == "Transpose")
                isTurned = !isTurned;
            else if (maker.Type != "Identity")
                return null;
        return graph.Constants.TryGetValue(name, out var matrix) && matrix.Shape.Length == 2 ? (matrix, isTurned) : null;
    }

    private void AddMap(OnnxNode product, OnnxTensor matrix, bool isTurned, HashSet<string> maps)
    {
        // As [out, in], as PyTorch's linear maps have it: MatMul takes [in, out].
        var isInOut = isTurned == (product.Type == "Gemm" && product.Integer("transB", 0) == 1);
        var bias = product.Type == "Gemm" ? product.Inputs.ElementAtOrDefault(2) : Bias(product);
        if (
            product.Type == "Gemm"
            && (
                product.Integer("transA", 0) != 0
                || product.Numbers.GetValueOrDefault("alpha", 1) != 1
                || product.Numbers.GetValueOrDefault("beta", 1) != 1
            )
        )
            throw graph.File.Bad($"{product.Title} is no linear map (transA, alpha or beta is set).");
        var name =
            !isInOut && IsNamed(matrix.Name) ? matrix.Name
            : bias?.EndsWith(".bias", StringComparison.Ordinal) != true ? null
            : bias == "cls.predictions.bias" ? "cls.predictions.decoder.weight"
            : bias[..^"bias".Length] + "weight";
        if (name is null)
            return; // It is told with what else has no name.
        maps.Add(matrix.Name);
        if (!found.TryAdd(name, (matrix, isInOut)))
            throw graph.File.Bad($"there are two matrices for '{name}': the second is {matrix.Title}, taken by {product.Title}.");
        if (matrix.Name == name || !matrix.Name.EndsWith(TokenTable, StringComparison.Ordinal))
            return;
        found.Remove(name); // A head over the vocabulary that is the table of tokens itself: it stays the table.
        maps.Remove(matrix.Name);
    }

    /// <summary>What is added to a product.</summary>
    private string? Bias(OnnxNode product) =>
        graph
            .Takers(product.Outputs[0])
            .Where(node => node.Type == "Add")
            .SelectMany(node => node.Inputs)
            .FirstOrDefault(input => graph.Constants.TryGetValue(input, out var bias) && bias.Shape.Length == 1);

    /// <summary>Whether a tensor is learned, and no number of the computation.</summary>
    private static bool IsWeight(OnnxTensor tensor) =>
        tensor.Type is not (ScalarType.Int64 or ScalarType.Int32) && tensor.Kind is not "bool" && tensor.Shape.Any(size => size != 1);

    private static bool IsNamed(string name) =>
        name.Contains('.', StringComparison.Ordinal)
        && (ReadOnlySpan<string>)["weight", "bias", "gamma", "beta"] is var ends
        && ends.Contains(name[(name.LastIndexOf('.') + 1)..]);
}
