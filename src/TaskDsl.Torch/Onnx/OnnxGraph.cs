using TaskDsl.HuggingFace;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Onnx;

/// <summary>What an ONNX file computes (onnx.ai, onnx.proto3): its operations, and the tensors that are given to them.</summary>
internal sealed class OnnxGraph : IDisposable
{
    private readonly Tensor bytes;
    private readonly List<OnnxNode> nodes = [];
    private readonly Dictionary<string, OnnxTensor> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> makers = new(StringComparer.Ordinal);

    private OnnxGraph(Tensor bytes, string path) => (this.bytes, File) = (bytes, new OnnxBytes(bytes, path));

    /// <summary>The file.</summary>
    public OnnxBytes File { get; }

    /// <summary>The operations, in an order in which they can be computed.</summary>
    public IReadOnlyList<OnnxNode> Nodes => nodes;

    /// <summary>The tensors that are in the file, by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Constants => constants;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelException">It is none of ONNX, or was cut short.</exception>
    public static OnnxGraph Read(string path)
    {
        if (!System.IO.File.Exists(path))
            throw new ModelException($"there is no file '{path}'.");
        return Read(TensorMemory.Map(path), path);
    }

    /// <summary>Reads what is in memory already.</summary>
    /// <param name="bytes">uint8 <c>[bytes]</c>; the graph comes to own it.</param>
    /// <param name="path">What it is called in messages; files beside it are looked for there.</param>
    /// <exception cref="ModelException">It is none of ONNX, or was cut short.</exception>
    public static OnnxGraph Read(Tensor bytes, string path)
    {
        var graph = new OnnxGraph(bytes.DetachFromDisposeScope(), path);
        try
        {
            graph.Read();
            return graph;
        }
        catch (FormatException e)
        {
            graph.Dispose();
            throw graph.File.Bad($"it is no ONNX file, or was cut short: {e.Message}.");
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>The operation that makes a value; null = it is given.</summary>
    public OnnxNode? Maker(string value) => makers.GetValueOrDefault(value);

    /// <summary>The operations that take a value.</summary>
    public IEnumerable<OnnxNode> Takers(string value) => nodes.Where(node => node.Inputs.Contains(value));

    public void Dispose()
    {
        File.Dispose();
        bytes.Dispose();
    }

    private void Read()
    {
        if (bytes.size(0) > int.MaxValue)
            throw File.Bad("it is larger than 2 GB, which no ONNX file is.");
        var (graphs, isVersioned) = (0, false);
        var fields = new Protobuf(File.Span);
        while (fields.Next())
            if (fields.Field == 7)
            {
                ReadGraph(fields.Bytes);
                graphs++;
            }
            else
            {
                isVersioned |= fields.Field == 8;
            }

        if (graphs != 1 || !isVersioned || nodes.Count == 0)
            throw new FormatException("a graph and the version of its operators were expected");
    }

    private void ReadGraph(ReadOnlySpan<byte> message)
    {
        var fields = new Protobuf(message);
        while (fields.Next())
            switch (fields.Field)
            {
                case 1:
                    Add(OnnxNode.Read(fields.Bytes, File));
                    break;
                case 5:
                    var tensor = OnnxTensor.Read(fields.Bytes, File);
                    constants[tensor.Name] = tensor;
                    break;
                case 15:
                    throw File.Bad("it has sparse tensors, which are not read here.");
            }
    }

    private void Add(OnnxNode node)
    {
        if (node is { Type: "Constant", Domain: "", Value: { } value, Outputs: [var name] })
        {
            constants[name] = value with { Name = name };
            return;
        }

        nodes.Add(node);
        foreach (var output in node.Outputs)
            makers[output] = node;
    }
}
