using System.Text.Json;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>
/// A small random model and what transformers 4.57.6 computes with it (float32, CPU). Copied from a set that was made with the real,
/// unmodified library; the numbers carry no code of it.
/// </summary>
internal sealed partial class GoldenModel : IDisposable
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Golden");
    private readonly SafetensorsFile tensors;
    private readonly JsonDocument json;

    /// <summary>Reads it.</summary>
    /// <param name="name">Its folder.</param>
    /// <param name="device">Where it computes. Default: the CPU.</param>
    public GoldenModel(string name, Device? device = null)
    {
        Folder = Path.Combine(Root, name);
        tensors = SafetensorsFile.Open(Path.Combine(Folder, "golden.safetensors"));
        json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
        Model = LanguageModel.Load(Folder, device);
    }

    /// <summary>The folders of all of some kinds.</summary>
    /// <param name="kind">Which kinds, as <see cref="Kind"/> has them.</param>
    public static IEnumerable<string> Named(Func<string, bool> kind)
    {
        foreach (
            var folder in Directory
                .GetDirectories(Root)
                .Where(f => File.Exists(Path.Combine(f, "config.json")))
                .Order(StringComparer.Ordinal)
        )
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
            if (kind(json.RootElement.GetProperty("kind").GetString()!))
                yield return Path.GetFileName(folder);
        }
    }

    public string Folder { get; }

    public LanguageModel Model { get; }

    public JsonElement Json => json.RootElement;

    public string Kind => Json.GetProperty("kind").GetString()!;

    public IEnumerable<string> Cases => Json.GetProperty("cases").EnumerateObject().Select(c => c.Name);

    public bool Has(string name) => tensors.Tensors.ContainsKey(name);

    /// <summary>A tensor of the reference, on the device.</summary>
    public Tensor this[string name] => tensors.Read(name).to(Model.Device);

    public Tensor? Maybe(string name) => Has(name) ? this[name] : null;

    /// <summary>Which tokens of a case count, bool <c>[batch, sequence]</c>.</summary>
    public Tensor Real(string @case) => (Maybe($"{@case}/attention_mask") ?? ones_like(this[$"{@case}/input_ids"])).to(ScalarType.Bool);

    /// <summary>How many tokens of each row count, where padding stands on the right; else null.</summary>
    public int[]? Lengths(string @case)
    {
        var real = Real(@case);
        var lengths = real.to(ScalarType.Int64).sum(1);
        return (arange(real.size(1)).unsqueeze(0) < lengths.unsqueeze(1)).eq(real).all().ToBoolean()
            ? [.. lengths.data<long>().ToArray().Select(length => (int)length)]
            : null;
    }

    /// <summary>What the model makes of one case: its last hidden states, and its scores.</summary>
    public (Tensor Hidden, Tensor Logits, Tensor? Read) Run(string @case) => Run(Model, @case);

    public (Tensor Hidden, Tensor Logits, Tensor? Read) Run(LanguageModel model, string @case)
    {
        var ids = this[$"{@case}/input_ids"];
        var pattern =
            !Has($"{@case}/attention_mask") ? null
            : model is not Decoder && Lengths(@case) is { } lengths ? AttentionPattern.Ragged(lengths)
            : AttentionPattern.Padded(Real(@case));
        switch (model)
        {
            case Decoder decoder:
                var hidden = decoder.Hidden(ids, Maybe($"{@case}/position_ids"), pattern);
                return (hidden, decoder.Logits(hidden), null);
            case Encoder encoder:
                hidden = encoder.Hidden(ids, Maybe($"{@case}/token_type_ids"), pattern);
                var read = encoder.Head is PooledHead or SequenceClassificationHead ? hidden.select(1, 0) : hidden;
                return (hidden, encoder.Logits(read), null);
            case EncoderDecoder both:
                var text = both.Encode(ids, pattern);
                hidden = both.Hidden(text, this[$"{@case}/decoder_input_ids"]);
                return (hidden, both.Logits(hidden), text.States);
            default:
                throw new InvalidOperationException(model.GetType().Name);
        }
    }

    /// <summary>The loss of a case as the reference defines it.</summary>
    public (Tensor Actual, double Expected) Loss(string @case)
    {
        var (hidden, logits, _) = Run(@case);
        var expected = Json.GetProperty("cases").GetProperty(@case);
        if (Kind == "encoder")
            return (
                hidden.masked_select(Real(@case).unsqueeze(2)).square().mean() + logits.mean(),
                expected.GetProperty("synthetic_loss").GetDouble()
            );
        var labels = this[$"{@case}/labels"];
        return (
            Kind switch
            {
                "causal" => CrossEntropy(logits.narrow(1, 0, logits.size(1) - 1), labels.narrow(1, 1, labels.size(1) - 1)),
                "rtd" => nn.functional.binary_cross_entropy_with_logits(
                    logits.masked_select(Real(@case)),
                    labels.masked_select(Real(@case)).to(ScalarType.Float32)
                ),
                _ => CrossEntropy(logits, labels),
            },
            expected.GetProperty("loss").GetDouble()
        );
    }

    public void Dispose()
    {
        Model.Dispose();
        tensors.Dispose();
        json.Dispose();
    }

    private static Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        nn.functional.cross_entropy(logits.reshape(-1, logits.size(-1)), labels.reshape(-1), ignore_index: -100);
}
