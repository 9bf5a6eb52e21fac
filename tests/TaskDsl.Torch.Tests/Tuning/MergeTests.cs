using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>A model that an adapter was folded into does what it did with the adapter.</summary>
public sealed class MergeTests : TorchTest
{
    private const double Rounding = 1e-5; // Of the largest score.

    public static TheoryData<string, string> Golden => Runs(foldable: true);

    public static TheoryData<string, string> Virtual => Runs(foldable: false);

    /// <summary>
    /// Each way to change a weight, on each kind of model: maps with and without biases, fused, transposed, with cross-attention.
    /// </summary>
    public static TheoryData<string, TuningMethod> Own
    {
        get
        {
            var all = new TheoryData<string, TuningMethod>();
            foreach (
                var model in new[] { "llama", "qwen2", "phi3", "gpt2", "bloom", "opt", "bert_seqcls", "xlm_roberta_tokcls", "t5", "bart" }
            )
            foreach (
                var tuning in (TuningMethod[])
                    [
                        new Lora { Rank = 4 },
                        new Lora { Rank = 4, Rslora = true },
                        new Lora { Rank = 4, Dora = true },
                        new Lora { Rank = 4, Start = LoraStart.Pissa },
                        new Ia3(),
                        new Combined { Parts = [new Lora { Rank = 2, Sites = [Site.Output] }, new Ia3 { Sites = [Site.Down] }] },
                        new Combined { Parts = [new Lora { Rank = 2 }, new Ia3(), new Lora { Rank = 2, Dora = true }] },
                    ]
            )
                all.Add(model, tuning);
            return all;
        }
    }

    [Theory, MemberData(nameof(Golden))]
    public void What_PEFT_trained_is_folded_in(string model, string method)
    {
        using var run = new GoldenRun(model, method);
        using var folder = Trained(run);
        using var golden = new GoldenModel(model);
        var plain = golden.Run("full").Logits;
        using var adapter = AdapterFolder.Load(golden.Model, folder.Path);
        Folded(golden, adapter, plain);
    }

    [Theory, MemberData(nameof(Own))]
    public void What_was_tuned_here_is_folded_in(string model, TuningMethod tuning)
    {
        using var golden = new GoldenModel(model);
        using var ungraded = no_grad();
        var plain = golden.Run("full").Logits;
        var adapter = tuning.Start(golden.Model, 1);
        foreach (var (name, parameter) in adapter.Trained)
            if (!name.Contains("classifier", StringComparison.Ordinal))
                parameter.add_(randn_like(parameter), alpha: 0.05);
        Folded(golden, adapter, plain);

        // Saved as a whole, it is that model still.
        using var folder = new TempFolder();
        golden.Model.Save(folder.Path);
        using var again = LanguageModel.Load(folder.Path);
        var scores = golden.Run("full").Logits;
        Close(
            scores,
            golden.Run(again, "full").Logits,
            golden.Model.Config.StoredAs == WeightType.Float32 ? 0 : 0.02 * Math.Max(1, scores.abs().max().ToDouble())
        );
    }

    [Theory, MemberData(nameof(Virtual))]
    public void Virtual_tokens_are_refused_and_stay_in_use(string model, string method)
    {
        using var golden = new GoldenModel(model);
        using var adapter = AdapterFolder.Load(golden.Model, Path.Combine(golden.Folder, "train", method));
        var before = golden.Run("full").Hidden;
        Assert.Contains("Use the adapter as it is", Assert.Throws<MisfitException>(adapter.Merge).Message, StringComparison.Ordinal);
        Close(before, golden.Run("full").Hidden, 0);
    }

    private static void Folded(GoldenModel golden, TunedModel adapter, Tensor plain)
    {
        using var ungraded = no_grad();
        var expected = golden.Run("full").Logits;
        var scale = Math.Max(1, expected.abs().max().ToDouble());
        Assert.InRange((expected - plain).abs().max().ToDouble(), 1e-3, double.MaxValue);
        adapter.Merge();
        Assert.All(golden.Model.LinearLayers, layer => Assert.Empty(layer.Updates));
        Close(expected, golden.Run("full").Logits, Rounding * scale);
        adapter.Dispose(); // Takes nothing back.
        Close(expected, golden.Run("full").Logits, Rounding * scale);
    }

    /// <summary>The adapter of a golden run behind its last step.</summary>
    private static TempFolder Trained(GoldenRun run)
    {
        var folder = new TempFolder();
        File.Copy(Path.Combine(run.Folder, "adapter_config.json"), folder.File("adapter_config.json"));
        File.Copy(Path.Combine(run.Folder, "adapter_model_final.safetensors"), folder.File("adapter_model.safetensors"));
        return folder;
    }

    private static TheoryData<string, string> Runs(bool foldable) =>
        new(GoldenTrainingTests.AdapterRuns.Select(run => run.Data).Where(run => run.Item2.StartsWith('p') != foldable));
}
