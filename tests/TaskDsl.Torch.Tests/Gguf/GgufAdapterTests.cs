using TaskDsl.HuggingFace;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>A LoRA's file on a model's file does in llama.cpp what the adapter does on the model.</summary>
public sealed class GgufAdapterTests : TorchTest
{
    public static TheoryData<string, Lora, double> Adapters =>
        new()
        {
            { "llama", Everywhere, 5e-5 },
            { "llama", Everywhere with { Rslora = true }, 5e-5 },
            { "llama", Everywhere with { RankPattern = new Dictionary<string, int> { ["q_proj"] = 2 } }, 5e-5 },
            { "llama", Everywhere with { Sites = [Site.Embedding, Site.Head] }, 5e-5 },
            { "qwen2", Everywhere, 5e-5 },
            { "phi3", Everywhere, 5e-5 },
            // llama.cpp's GELU apart; an adapter in another order of rows is wrong by whole numbers.
            { "gemma2", Everywhere, 5e-3 },
            { "gpt2", Ungated, 5e-3 },
            { "gpt_neox", Ungated, 2e-2 },
            { "bloom", Ungated, 5e-3 },
        };

    private static Lora Everywhere =>
        new() { Rank = 4, Sites = [Site.Query, Site.Key, Site.Value, Site.Output, Site.Gate, Site.Up, Site.Down] };

    private static Lora Ungated => new() { Rank = 4, Sites = [Site.Query, Site.Key, Site.Value, Site.Output, Site.Up, Site.Down] };

    [Theory, MemberData(nameof(Adapters))]
    public void Scores_are_those_of_the_adapted_model(string name, Lora lora, double tolerance)
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel(name);
        var (file, type) = (folder.File("model.gguf"), new Float32Type());
        var gguf = GgufModel.Of(golden.Model);
        GgufWriter.Write(
            file,
            gguf.Settings(name, type).Append(new("tokenizer.ggml.model", "no_vocab")),
            gguf.Tensors(type),
            TestContext.Current.CancellationToken
        );
        using var adapter = Adapt(golden.Model, lora);
        GgufAdapter.Write(folder.File("lora.gguf"), "lora", golden.Model, type, TestContext.Current.CancellationToken);
        using var engine = new LlamaCpp(file);
        int[] tokens = [5, 17, 200, 3, 64, 8];
        var expected = Scores(golden.Model, tokens);
        Close(expected, Of(engine.Logits(tokens, adapter: folder.File("lora.gguf"))), tolerance);
        var plain = (expected - Of(engine.Logits(tokens))).abs().max().ToSingle();
        Assert.True(plain > 20 * tolerance, $"the adapter changes scores by {plain} only");
    }

    public static TheoryData<TuningMethod, string> Refused =>
        new()
        {
            {
                new Lora { Dora = true },
                "it trains the lengths of the rows"
            },
            { new PrefixTuning(), "it has virtual tokens" },
            { new PromptTuning(), "it has virtual tokens" },
            { new Bottleneck(), "it adds parts to layers" },
            { new Ia3(), "is no low-rank update" },
        };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_no_low_rank_update_is_refused(TuningMethod method, string expected)
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("llama");
        using var adapter = method.Start(golden.Model, 1);
        AssertRefused(golden.Model, folder.File("lora.gguf"), expected);
    }

    [Fact]
    public void So_is_an_update_of_what_is_embedding_and_head()
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("qwen2");
        using var adapter = new Lora { Sites = [Site.Embedding] }.Start(golden.Model, 1);
        AssertRefused(golden.Model, folder.File("lora.gguf"), "whose weight is the embedding's and the head's");
    }

    private static void AssertRefused(LanguageModel model, string file, string expected)
    {
        var error = Assert.Throws<ModelException>(() =>
            GgufAdapter.Write(file, "lora", model, new Float32Type(), TestContext.Current.CancellationToken)
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Carry the whole model away", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    private static TunedModel Adapt(LanguageModel model, Lora lora)
    {
        var tuned = lora.Start(model, 1);
        using var ungraded = no_grad();
        foreach (var weight in tuned.Trained.Values)
            weight.copy_(randn(weight.shape) * 0.1);
        return tuned;
    }

    private static Tensor Scores(LanguageModel model, int[] tokens)
    {
        using var ungraded = no_grad();
        var decoder = (Decoder)model;
        return decoder.Logits(decoder.Hidden(tensor(tokens.Select(id => (long)id).ToArray()).unsqueeze(0)))[0];
    }

    private static Tensor Of(float[][] rows) => stack(rows.Select(row => tensor(row)));
}
