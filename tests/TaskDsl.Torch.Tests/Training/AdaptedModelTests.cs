using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs whose model is the adapter of an earlier run: its effect is never lost without a word.</summary>
public sealed class AdaptedModelTests : TorchTest
{
    private static Tensor Ids => tensor(new long[] { 5, 6, 7 }, [1, 3]);

    [Fact]
    public async Task It_stays_and_the_new_one_stands_on_it()
    {
        using var folder = new TempFolder();
        var tensors = Earlier(folder);
        using var run = await Recipe(AdapterUse.Keep, new Ia3()).RunAsync(new RunOptions { ProjectDirectory = folder.Path });
        Assert.Equal(tensors, await File.ReadAllBytesAsync(folder.File("earlier/adapter_model.safetensors")));
        Assert.Equal("earlier", Named(run));
        Alike(run);

        await NothingIsLost(folder, AdapterUse.Keep, new Ia3());
    }

    [Fact]
    public async Task It_is_trained_on_in_its_place()
    {
        using var folder = new TempFolder();
        Earlier(folder);
        using var run = await Recipe(AdapterUse.Train, new Lora { Rank = 4, BRate = 2 })
            .RunAsync(new RunOptions { ProjectDirectory = folder.Path });
        Assert.Equal(folder.File("model"), Named(run));
        Alike(run);
        Assert.All(run.Model.Model.LinearLayers.Where(layer => layer.Layer is not null), site => Assert.Single(site.Updates));
        using var earlier = LoadedModel.Load(folder.File("earlier"));
        Assert.True((earlier.Decoder.Hidden(Ids) - run.Model.Decoder.Hidden(Ids)).abs().max().ToDouble() > 1e-3);
        await NothingIsLost(folder, AdapterUse.Train, new Lora { Rank = 4 });
    }

    [Theory, InlineData(5, "r 4"), InlineData(0, "own weights cannot")]
    public async Task Another_method_cannot_train_it_on(int rank, string message)
    {
        using var folder = new TempFolder();
        Earlier(folder);
        var recipe = Recipe(AdapterUse.Train, rank == 0 ? new Full() : new Lora { Rank = rank });
        var error = await Assert.ThrowsAsync<MisfitException>(() => recipe.RunAsync(new RunOptions { ProjectDirectory = folder.Path }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_model_cannot_be_saved_beside_it_but_after_it_is_folded_in()
    {
        using var folder = new TempFolder();
        Earlier(folder);
        var error = await Assert.ThrowsAsync<MisfitException>(() =>
            Recipe(AdapterUse.Keep, new Full()).RunAsync(new RunOptions { ProjectDirectory = folder.Path })
        );
        Assert.Contains("adapter: merge", error.Message, StringComparison.Ordinal);
        await NothingIsLost(folder, AdapterUse.Merge, new Full());
    }

    /// <summary>A tiny model and an adapter that changes what it computes.</summary>
    private static byte[] Earlier(TempFolder folder)
    {
        TinyModel.Write(folder.File("model"));
        Directory.CreateDirectory(folder.File("earlier"));
        using var model = LoadedModel.Load(folder.File("model"));
        using var tuned = model.Tune(new Lora { Rank = 4 }, 7);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.add_(randn_like(parameter), alpha: 0.05);
        tuned.Save(folder.File("earlier"), "model");
        return File.ReadAllBytes(folder.File("earlier/adapter_model.safetensors"));
    }

    private static Recipe Recipe(AdapterUse use, TuningMethod tuning) =>
        TinyModel.Recipe("") with
        {
            Model = new Pretrained { Path = "earlier", Adapter = use },
            Tuning = tuning,
            Optimizer = new Torch.Optimizers.AdamW { LearningRate = 5e-3 },
            Budget = new Budget { Steps = 3 },
        };

    /// <summary>Steps that change nothing leave the earlier model.</summary>
    private static async Task NothingIsLost(TempFolder folder, AdapterUse use, TuningMethod tuning)
    {
        using var earlier = LoadedModel.Load(folder.File("earlier"));
        using var still = await (
            Recipe(use, tuning) with
            {
                Name = "still",
                Optimizer = new Torch.Optimizers.Sgd { LearningRate = 1e-30 },
            }
        ).RunAsync(new RunOptions { ProjectDirectory = folder.Path });
        Close(earlier.Decoder.Hidden(Ids), still.Model.Decoder.Hidden(Ids), 1e-4);
    }

    private static string? Named(FinishedRun run) =>
        (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "best", "adapter_config.json")))!["base_model_name_or_path"];

    /// <summary>What others load from the run's folder is what the run measured.</summary>
    private static void Alike(FinishedRun run)
    {
        using var read = LoadedModel.Load(Path.Combine(run.Folder, "best"));
        Close(run.Model.Decoder.Hidden(Ids), read.Decoder.Hidden(Ids), 0);
    }
}
