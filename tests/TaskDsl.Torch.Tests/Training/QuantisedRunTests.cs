using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TaskDsl.Torch.Tests.Training.ResumeTests;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs whose base is frozen in NF4.</summary>
public sealed class QuantisedRunTests : TorchTest
{
    private static Tensor Ids => tensor(new long[] { 5, 6, 7 }, [1, 3]);

    /// <summary>Whoever loads the adapter gets the base that it learned on, unless he says otherwise.</summary>
    [Fact]
    public async Task The_adapter_is_loaded_on_what_it_was_trained_on_and_on_plain_weights_where_they_are_asked_for()
    {
        using var folder = new TempFolder();
        using var run = await Few(folder).RunAsync(Options(folder) with { Evaluate = true });
        Assert.True(run.Model.Model.IsQuantised);
        var best = folder.File("runs/tiny/best");
        Assert.Equal("{\"nf4\":{}}", Squeezed(await File.ReadAllTextAsync(Path.Combine(best, "base_weights.json"))));
        using var again = LoadedModel.Load(best);
        Assert.IsType<Nf4>(again.Model.Config.Weights);
        Close(run.Model.Decoder.Hidden(Ids), again.Decoder.Hidden(Ids), 0);

        using var plain = LoadedModel.Load(best, weights: new Float32());
        Assert.False(plain.Model.IsQuantised);
        Assert.NotNull(plain.Adapter);
        Assert.True((plain.Decoder.Hidden(Ids) - again.Decoder.Hidden(Ids)).abs().max().ToDouble() > 1e-4);
        again.Model.Dequantise();
        again.Merge();
        Close(run.Model.Decoder.Hidden(Ids), again.Decoder.Hidden(Ids), 1e-5);
        again.Save(Directory.CreateDirectory(folder.File("merged")).FullName);
        using var merged = LoadedModel.Load(folder.File("merged"));
        Close(run.Model.Decoder.Hidden(Ids), merged.Decoder.Hidden(Ids), 1e-5);
    }

    /// <summary>Its layout is PEFT's: nothing in its two files says what the base was kept as.</summary>
    [Fact]
    public async Task The_adapters_own_files_are_those_of_a_plain_base()
    {
        using var folder = new TempFolder();
        var recipe = Few(folder) with { Budget = new() { Steps = 3 } };
        (await recipe.RunAsync(Options(folder))).Dispose();
        var plain = recipe with
        {
            Name = "plain",
            Model = new Pretrained { Path = folder.File("model") },
        };
        (await plain.RunAsync(Options(folder))).Dispose();
        AssertSameFile(folder.File("runs/tiny/best/adapter_config.json"), folder.File("runs/plain/best/adapter_config.json"));
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors", "base_weights.json"],
            Directory.GetFiles(folder.File("runs/tiny/best")).Select(Path.GetFileName).Order()
        );
        Assert.False(File.Exists(folder.File("runs/plain/best/base_weights.json")));
    }

    [Fact]
    public async Task A_run_is_not_resumed_with_other_weights()
    {
        using var folder = new TempFolder();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            Few(folder)
                .RunAsync(
                    Options(folder),
                    new Each(p =>
                    {
                        if (p.Step == 3)
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        var other = Few(folder) with { Model = new Pretrained { Path = folder.File("model") } };
        var error = await Assert.ThrowsAsync<RunException>(() => other.RunAsync(Options(folder) with { Resume = true }));
        Assert.Contains("weights: was {\"nf4\":{}}, is absent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tuning_that_trains_the_weights_is_refused_before_anything_is_read()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<MisfitException>(() => (Few(folder) with { Tuning = new Full() }).RunAsync(Options(folder)));
        Assert.Contains("model.pretrained.weights keeps them in few bits", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<MisfitException>(() => (Few(folder) with { Tuning = new Full() }).PlanAsync(Options(folder)));
        Assert.Contains("Tune by an adapter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_cannot_be_folded_into_few_bits_when_a_run_starts()
    {
        using var folder = new TempFolder();
        (await (Few(folder) with { Budget = new() { Steps = 2 } }).RunAsync(Options(folder))).Dispose();
        var on = Few(folder) with
        {
            Name = "on",
            Model = new Pretrained { Path = folder.File("runs/tiny/best"), Adapter = AdapterUse.Merge },
        };
        var error = await Assert.ThrowsAsync<MisfitException>(() => on.RunAsync(Options(folder)));
        Assert.Contains("by the verb merge", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An adapter on an adapter says of the whole what it was trained on itself.</summary>
    [Fact]
    public async Task What_stands_on_an_adapter_is_trained_on_what_the_recipe_says_or_the_adapter()
    {
        using var folder = new TempFolder();
        (await (Few(folder) with { Budget = new() { Steps = 2 } }).RunAsync(Options(folder))).Dispose();
        foreach (var (name, weights) in new (string, WeightFormat?)[] { ("same", null), ("plain", new Float32()) })
        {
            var on = Few(folder) with
            {
                Name = name,
                Model = new Pretrained { Path = folder.File("runs/tiny/best"), Weights = weights },
                Budget = new() { Steps = 2 },
            };
            using var run = await on.RunAsync(Options(folder));
            using var again = LoadedModel.Load(folder.File($"runs/{name}/best"));
            Assert.Equal(name == "same", again.Model.IsQuantised);
            Close(run.Model.Decoder.Hidden(Ids), again.Decoder.Hidden(Ids), 0);
        }
    }

    [Fact]
    public void A_form_of_weights_that_is_not_known_is_refused_with_those_that_are()
    {
        using var folder = new TempFolder();
        using (var model = LoadedModel.Load(TinyModel.Write(folder.File("model"))))
        using (var tuned = new Lora().Start(model.Model, 1))
            tuned.Save(Directory.CreateDirectory(folder.File("adapter")).FullName, folder.File("model"));
        File.WriteAllText(folder.File("adapter/base_weights.json"), "{\"nf5\": {}}");
        var error = Assert.Throws<ModelException>(() => LoadedModel.Load(folder.File("adapter")));
        Assert.Contains("names the form of weights 'nf5'", error.Message, StringComparison.Ordinal);
        Assert.Contains("float32, nf4", error.Message, StringComparison.Ordinal);
    }

    /// <summary>plan offers it where the base is frozen and the method can stand on codes, with what the changed recipe takes.</summary>
    [Fact]
    public void A_frozen_base_in_few_bits_is_a_remedy_where_it_can_be()
    {
        var shape = new NewDecoder
        {
            HiddenSize = 512,
            Layers = 4,
            Heads = 8,
            VocabularySize = 4096,
        };
        var config = shape.Config(shape.VocabularySize, 1, 0);
        var recipe = TinyModel.Recipe("") with
        {
            Model = new Pretrained { Path = "" },
            Batch = new() { Rows = 1, SequenceLength = 256 },
            Tuning = new Lora(),
        };
        var largest = LargestBatch.Allowed(recipe.Batch);
        using var forecasts = new MemoryForecasts(config, largest, 50_000_000, 0, answers: false);
        var whole = forecasts.Of(recipe);
        var remedies = Remedy.Find(recipe, largest, whole.Peak - (whole.Weights / 2), changed => forecasts.Of(changed).Peak);
        var few = Assert.Single(remedies, r => r.Settings.SequenceEqual(["model.pretrained.weights=nf4"]));
        var changed = recipe with
        {
            Model = new Pretrained { Path = "", Weights = new Nf4() },
        };
        using var anew = new MemoryForecasts(config.Keep(new Nf4()), largest, 50_000_000, 0, answers: false);
        Assert.Equal(anew.Of(changed).Peak, few.Peak);

        Assert.True(IsOffered(recipe with { Tuning = new Combined { Parts = [new Lora { Sites = [Site.Query] }, new Ia3()] } }));
        TuningMethod[] others =
        [
            new Full(),
            new BitFit(),
            new Lora { Start = LoraStart.Pissa },
            new Combined { Parts = [new Ia3(), new Lora { Start = LoraStart.Olora }] },
        ];
        Assert.All(others, method => Assert.False(IsOffered(recipe with { Tuning = method }), method.ToString()));
        Assert.False(
            IsOffered(
                recipe with
                {
                    Model = new Pretrained { Path = "", Adapter = AdapterUse.Merge },
                }
            )
        );
        Assert.False(IsOffered(changed));

        bool IsOffered(Recipe asked) =>
            Remedy
                .Find(asked, largest, 1, r => r.Model is Pretrained { Weights: Nf4 } ? 1 : 2)
                .Any(r => r.Settings.Contains("model.pretrained.weights=nf4"));
    }

    private static Recipe Few(TempFolder folder)
    {
        var recipe = Recipe(folder);
        return recipe with { Model = (Pretrained)recipe.Model with { Weights = new Nf4() }, Tuning = new Lora() };
    }

    private static string Squeezed(string json) => JsonNode.Parse(json)!.ToJsonString();
}
