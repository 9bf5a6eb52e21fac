using System.Text.Json;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>
/// A small random model and what transformers 4.57.6 computes with it (float32, CPU). Copied from a set that was made with the real,
/// unmodified library; the numbers carry no code of it.
/// </summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly SafetensorsFile tensors;
    private readonly JsonDocument json;

    public GoldenModel(string name)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "Golden", name);
        tensors = SafetensorsFile.Open(Path.Combine(Folder, "golden.safetensors"));
        json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
        Decoder = Decoder.Load(Folder);
    }

    public static TheoryData<string> Names => ["llama", "llama_tied_bias", "llama_rope_linear", "llama_rope_llama3"];

    public string Folder { get; }

    public Decoder Decoder { get; }

    public JsonElement Json => json.RootElement;

    public IEnumerable<string> Cases => Json.GetProperty("cases").EnumerateObject().Select(c => c.Name);

    public bool Has(string name) => tensors.Tensors.ContainsKey(name);

    public Tensor this[string name] => tensors.Read(name);

    /// <summary>The logits of one case's input, <c>[batch, seq, vocabulary]</c>.</summary>
    public Tensor Logits(string @case) => Decoder.Logits(Decoder.Hidden(
        this[$"{@case}/input_ids"],
        Has($"{@case}/position_ids") ? this[$"{@case}/position_ids"] : null,
        Has($"{@case}/attention_mask") ? AttentionPattern.Padded(this[$"{@case}/attention_mask"].to(ScalarType.Bool)) : null));

    public void Dispose()
    {
        Decoder.Dispose();
        tensors.Dispose();
        json.Dispose();
    }
}
