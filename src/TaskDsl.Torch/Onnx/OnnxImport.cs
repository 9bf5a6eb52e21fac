using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Onnx;

/// <summary>
/// Reads a model of the BERT family out of the ONNX file that it was exported to: its weights are found in the graph; nothing of the graph
/// is run. What the file does not say is taken from the <c>config.json</c> beside it, or, of a plain BERT, from the graph.
/// </summary>
public static class OnnxImport
{
    /// <summary>Reads a file, with the <c>config.json</c> beside it where there is one.</summary>
    /// <param name="file">The file. Of a folder <c>onnx</c> (as models on the hub have it), the folder above counts as beside it.</param>
    /// <exception cref="ModelException">It is no ONNX file, was cut short, or holds what cannot be mapped; that is named.</exception>
    public static LanguageModel Read(string file)
    {
        using var graph = OnnxGraph.Read(file);
        return Open(graph, File.Exists(Path.Combine(Home(file), "config.json")) ? ModelConfig.Load(Home(file)) : null);
    }

    /// <summary>Reads a plain BERT from memory.</summary>
    /// <param name="bytes">uint8 <c>[bytes]</c>: the file; this method frees it.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="ModelException">It is no ONNX file, was cut short, or holds what cannot be mapped; that is named.</exception>
    public static LanguageModel Read(Tensor bytes, string name)
    {
        using var graph = OnnxGraph.Read(bytes, name);
        return Open(graph, null);
    }

    /// <summary>The tokenizer beside a file; null = there is none.</summary>
    /// <exception cref="ModelException">It is broken.</exception>
    public static Tokenizer? TokenizerOf(string file) => Tokenizer.IsIn(Home(file)) ? Tokenizer.Load(Home(file)) : null;

    private static string Home(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Path.GetFileName(folder) == "onnx" && !File.Exists(Path.Combine(folder, "config.json"))
            ? Path.GetDirectoryName(folder)!
            : folder;
    }

    private static LanguageModel Open(OnnxGraph graph, ModelConfig? config)
    {
        TorchRuntime.Initialize();
        var weights = new OnnxWeights(graph);
        config ??= ModelConfig.Parse(new OnnxConfig(graph, weights).Read());
        if (config.Architecture is { Encoder: null } or { Decoder: not null })
            throw new ModelException(
                $"{config.Source}: a {config.ModelType} is no encoder; only those of the BERT family are read from ONNX."
            );
        if (weights.Shape("pooler.dense.weight") is null && config.Head is Models.Heads.PooledHead)
            config = config.With(KeyValuePair.Create("add_pooling_layer", (JsonNode?)false));
        var (left, missing, wrong) = (weights.Names.Keys.ToHashSet(StringComparer.Ordinal), new List<string>(), new List<string>());
        var prefix = config.Architecture.Prefix;
        var model = LanguageModel.Open(config, CPU, Find);
        string[] extra = [.. left.Where(name => config.Architecture.Ignored?.IsMatch(name) != true).Order(StringComparer.Ordinal)];
        if (missing.Count + wrong.Count + extra.Length == 0)
            return model;
        model.Dispose();
        throw graph.File.Bad(
            string.Join(
                " ",
                (string[])[.. Told(missing, "are missing"), .. Told(wrong, "have another shape"), .. Told(extra, "are of no use to it")]
            )
        );

        Tensor? Find(string name, long[] shape)
        {
            var bare = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
            left.Remove(bare);
            if (weights.Shape(bare) is not { } found)
            {
                missing.Add(name);
            }
            else if (!found.SequenceEqual(shape))
            {
                wrong.Add($"{name} [{string.Join(", ", found)}], expected [{string.Join(", ", shape)}]");
            }
            else
            {
                return weights.Read(bare);
            }

            return zeros(shape);
        }

        IEnumerable<string> Told(IReadOnlyList<string> names, string what) =>
            names.Count == 0
                ? []
                :
                [
                    $"Tensors of a {config.ModelType} {what} ({names.Count}): {string.Join("; ", names.Take(5))}"
                        + (names.Count > 5 ? "; …" : "."),
                ];
    }
}
