using TaskDsl.App.Sessions;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.App.Tests;

public sealed class MergeTests
{
    public static TheoryData<TuningMethod> Mergeable =>
        [
            new Lora(),
            new Lora { Rslora = true },
            new Lora { Dora = true },
            new Lora { Start = LoraStart.Pissa, Rank = 4 },
            new Ia3(),
            new Combined { Parts = [new Lora { Sites = [Site.Query] }, new Ia3 { Sites = [Site.Down] }] },
        ];

    public static TheoryData<TuningMethod> NotMergeable =>
        [
            new PrefixTuning(),
            new PTuningV2(),
            new PromptTuning(),
            new PTuning(),
            new Bottleneck(),
            new Mam(),
            new Combined { Parts = [new Lora(), new Bottleneck()] },
        ];

    [Theory, MemberData(nameof(Mergeable))]
    public async Task The_merged_model_does_what_the_adapted_one_does(TuningMethod tuning)
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, tuning, folder.In("adapter"), folder.In("base"));
        var (code, printed) = await Desk.RunAsync("merge", folder.In("adapter"), "--out", folder.In("new", "merged"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains(folder.In("new", "merged"), printed, StringComparison.Ordinal);

        using var plain = LoadedModel.Load(folder.In("base"));
        using var adapted = LoadedModel.Load(folder.In("adapter"));
        using var merged = LoadedModel.Load(folder.In("new", "merged"));
        Assert.Null(merged.Adapter);
        using var scope = NewDisposeScope();
        var expected = ModelFolders.Logits(adapted);
        Assert.InRange(
            (expected - ModelFolders.Logits(merged)).abs().max().item<float>(),
            0,
            1e-5f * Math.Max(1, expected.abs().max().item<float>())
        );
        Assert.InRange((expected - ModelFolders.Logits(plain)).abs().max().item<float>(), 1e-3f, float.MaxValue);
        Assert.Equal(plain.Tokenizer.Encode("rain"), merged.Tokenizer.Encode("rain"));
        (code, printed) = await Desk.RunAsync("inspect", folder.In("new", "merged"));
        Assert.True(code == ExitCode.Success, printed);
    }

    [Theory, MemberData(nameof(NotMergeable))]
    public async Task What_cannot_be_folded_says_so_and_writes_nothing(TuningMethod tuning)
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, tuning, folder.In("adapter"), folder.In("base"));
        await Refused("cannot be folded", folder.In("adapter"), folder.In("merged"));
        Assert.False(Directory.Exists(folder.In("merged")));
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_a_whole_model_has_nothing_to_fold()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, new Lora(), folder.In("adapter"), folder.In("base"));
        await Refused("is not empty", folder.In("adapter"), folder.In("base"));
        await Refused("is not empty", folder.In("adapter"), folder.In("base", "config.json"));
        await Refused("is a whole model", folder.In("base"), folder.In("merged"));
        await Refused("is neither", folder.In("nothing"), folder.In("merged"));
        ModelFolders.Edit(folder.In("adapter", "adapter_config.json"), ("base_model_name_or_path", "gone"));
        await Refused("'gone'", folder.In("adapter"), folder.In("merged"));
        var (code, _) = await Desk.RunAsync("merge", folder.In("adapter"));
        Assert.Equal(ExitCode.Usage, code);
    }

    /// <summary>From YAML to both merges: the base is said and both are scored.</summary>
    [Fact]
    public async Task An_adapter_on_few_bits_is_folded_into_either_base_and_both_are_scored()
    {
        using var folder = new TempFolder();
        var run = await OnFewBits(folder);
        Assert.Contains("{\"nf4\":{}}", await Done("inspect", run), StringComparison.Ordinal);

        var told = await Done("merge", run, "--out", folder.In("original"), "--limit", "2");
        Assert.Contains("folded into the model's own (--base original): the merged model lacks", told, StringComparison.Ordinal);
        Assert.Contains("measuring after 0/", told, StringComparison.Ordinal);
        Assert.Contains("quantised (as trained)", told, StringComparison.Ordinal);
        Assert.Contains("accuracy", told, StringComparison.Ordinal);
        told = await Done("merge", run, "--out", folder.In("quantised"), "--base", "quantised", "--limit", "2");
        Assert.Contains("what their codes stand for (--base quantised)", told, StringComparison.Ordinal);

        using var scope = NewDisposeScope();
        using var trained = LoadedModel.Load(folder.In("runs", "tiny", "best"));
        using var onCodes = LoadedModel.Load(folder.In("quantised"));
        using var onOwn = LoadedModel.Load(folder.In("original"));
        Assert.True(trained.Model.IsQuantised && !onCodes.Model.IsQuantised);
        var expected = ModelFolders.Logits(trained);
        Assert.InRange((expected - ModelFolders.Logits(onCodes)).abs().max().item<float>(), 0, 1e-5f);
        Assert.InRange((expected - ModelFolders.Logits(onOwn)).abs().max().item<float>(), 1e-5f, float.MaxValue);

        var alone = folder.In("alone");
        Directory.Move(folder.In("runs", "tiny", "best"), alone);
        Assert.Contains("Neither is scored", await Done("merge", alone, "--out", folder.In("third")), StringComparison.Ordinal);
        File.Delete(Path.Combine(alone, "base_weights.json"));
        foreach (var setting in new[] { "--base=quantised", "--limit=2" })
        {
            var (code, printed) = await Desk.RunAsync("merge", alone, "--out", folder.In("fourth"), setting);
            Assert.True(code == ExitCode.Mistake, printed);
            Assert.Contains("trained on plain weights", printed, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.In("fourth")));
        }
    }

    /// <summary>The model is written first: where the run cannot be read, it is told why nothing is scored; the model is there.</summary>
    [Fact]
    public async Task A_merge_is_not_lost_where_it_cannot_be_scored()
    {
        using var folder = new TempFolder();
        var run = await OnFewBits(folder);
        await File.WriteAllTextAsync(Path.Combine(run, "run.json"), "{");
        var told = await Done("merge", run, "--out", folder.In("merged"));
        Assert.Contains(
            $"the merged model is in {folder.In("merged")}, and whole; it could not be scored: ",
            told,
            StringComparison.Ordinal
        );
        using var merged = LoadedModel.Load(folder.In("merged"));
        Assert.Null(merged.Adapter);
    }

    /// <summary>The folder of a run of an adapter on an NF4 base, by YAML's words.</summary>
    private static async Task<string> OnFewBits(TempFolder folder)
    {
        await Done("train", "tiny", "--out", folder.In("base"), "--set", "budget.steps=2");
        string[] few =
        [
            .. new[] { $"model.pretrained.path={folder.In("base", "tiny", "best")}", "model.pretrained.weights=nf4", "tuning=lora" },
            "budget.steps=2",
        ];
        string[] set = [.. few.SelectMany(setting => new[] { "--set", setting })];
        Assert.Contains("MB", await Done(["plan", "tiny", .. set]), StringComparison.Ordinal);
        await Done(["train", "tiny", "--out", folder.In("runs"), .. set]);
        return folder.In("runs", "tiny");
    }

    private static async Task<string> Done(params string[] args)
    {
        var (code, printed) = await Desk.RunAsync(args);
        Assert.True(code == ExitCode.Success, printed);
        return printed;
    }

    private static async Task Refused(string expected, string adapter, string output)
    {
        var (code, printed) = await Desk.RunAsync("merge", adapter, "--out", output);
        Assert.True(code == ExitCode.Mistake, printed);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", printed, StringComparison.Ordinal);
    }
}
