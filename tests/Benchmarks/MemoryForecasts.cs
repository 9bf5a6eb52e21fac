using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// The memory that <c>plan</c> forecasts against the most that a process really takes for some steps of training, a process each.
/// </summary>
internal static class MemoryForecasts
{
    /// <summary>Enough for malloc to have gathered what it will.</summary>
    private const int Steps = 20;

    private static readonly NewDecoder Small = new()
    {
        HiddenSize = 256,
        Layers = 6,
        Heads = 4,
        VocabularySize = 8192,
    };

    private static readonly Recipe Plain = new()
    {
        Name = "forecast",
        Model = Small,
        Batch = new Batch { Rows = 8, SequenceLength = 256 },
        Device = "cpu",
    };

    private static readonly Dictionary<string, Recipe> Recipes = new()
    {
        ["llama 256x6"] = Plain,
        ["llama 256x6, 24 rows"] = Plain with { Batch = Plain.Batch with { Rows = 24 } },
        ["llama 256x6, 24 rows, checkpointed"] = Plain with { Batch = Plain.Batch with { Rows = 24 }, ActivationCheckpointing = true },
        ["llama 256x2, 144 rows"] = Plain with { Model = Small with { Layers = 2 }, Batch = Plain.Batch with { Rows = 144 } },
        ["llama 256x6, dropout"] = Plain with { Dropout = 0.1 },
        ["llama 256x6, one key head"] = Plain with { Model = Small with { KeyValueHeads = 1 } },
        ["llama 256x6, packed"] = Plain with { Batch = Plain.Batch with { Packing = true } },
        ["llama 512x12"] = Plain with { Model = Small with { HiddenSize = 512, Layers = 12, Heads = 8, VocabularySize = 32000 } },
        ["llama 512x12, 8-bit AdamW"] = Plain with
        {
            Model = Small with { HiddenSize = 512, Layers = 12, Heads = 8, VocabularySize = 32000 },
            Optimizer = new AdamW8Bit(),
        },
        ["llama 512x12, LoRA"] = Plain with
        {
            Model = Small with { HiddenSize = 512, Layers = 12, Heads = 8, VocabularySize = 32000 },
            Tuning = new Lora(),
        },
        ["llama 512x12, checkpointed"] = Plain with
        {
            Model = Small with { HiddenSize = 512, Layers = 12, Heads = 8, VocabularySize = 32000 },
            ActivationCheckpointing = true,
        },
        ["llama 512x12, bfloat16"] = Plain with
        {
            Model = Small with { HiddenSize = 512, Layers = 12, Heads = 8, VocabularySize = 32000 },
            Precision = Precision.BFloat16,
        },
        ["llama 256x6, rows of 1024"] = Plain with
        {
            Batch = new Batch { Rows = 4, SequenceLength = 1024 },
        },
    };

    private static readonly Dictionary<string, JsonObject> Others = new()
    {
        ["gpt2 256x6"] = Json(
            """{"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"n_embd":256,"n_layer":6,"n_head":4,"n_positions":1024"""
                + ""","vocab_size":8192}"""
        ),
        ["qwen3 256x6"] = Json(
            """{"model_type":"qwen3","architectures":["Qwen3ForCausalLM"],"hidden_size":256,"num_hidden_layers":6"""
                + ""","num_attention_heads":4,"num_key_value_heads":2,"head_dim":64,"intermediate_size":704,"vocab_size":8192"""
                + ""","max_position_embeddings":2048,"tie_word_embeddings":true,"rms_norm_eps":1e-6,"rope_theta":10000"""
                + ""","hidden_act":"silu"}"""
        ),
    };

    /// <param name="args">None; or the part that a child process does.</param>
    public static void Run(string[] args)
    {
        switch (args)
        {
            case ["train", var name]:
                Train(name, Steps, GivenBack.WhenMuch);
                break;
            case ["train", var name, var steps, var way]:
                Train(name, int.Parse(steps, CultureInfo.InvariantCulture), Enum.Parse<GivenBack>(way));
                break;
            case ["plan", var name]:
                TorchRuntime.Initialize();
                var recipe = RecipeOf(name);
                var forecast = MemoryForecast.Of(
                    recipe,
                    ConfigOf(name),
                    LargestBatch.Allowed(recipe.Batch),
                    MachineMemory.InUse(),
                    0,
                    answers: false
                );
                Child.Answer(
                    forecast.Peak / 1e6,
                    forecast.Program / 1e6,
                    forecast.Weights / 1e6,
                    (forecast.Gradients + forecast.OptimizerState) / 1e6,
                    forecast.Activations / 1e6,
                    forecast.Logits / 1e6
                );
                break;
            default:
                Compare();
                break;
        }
    }

    private static void Compare()
    {
        Console.WriteLine(
            "| run | measured peak, MB | forecast, MB | forecast / measured | of it program, weights, gradients and optimizer, "
                + "activations, logits |"
        );
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var name in Recipes.Keys.Concat(Others.Keys))
        {
            var (real, planned) = (Child.Run("memory-forecasts", "train", name)[0], Child.Run("memory-forecasts", "plan", name));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {real:F0} | {planned[0]:F0} | {planned[0] / real:F2} | "
                        + $"{string.Join(", ", planned[1..].Select(n => n.ToString("F0", CultureInfo.InvariantCulture)))} |"
                )
            );
        }
    }

    private static void Train(string name, int steps, GivenBack way)
    {
        TorchRuntime.Threads = 2;
        var recipe = RecipeOf(name);
        using var model = LanguageModel.Create(ConfigOf(name), 1);
        using var tuned = recipe.Tuning.Start(model, 1);
        using var flat = recipe.Optimizer.Flatten(tuned);
        using var optimizer = recipe.Optimizer.Start(flat);
        model.ActivationCheckpointing = recipe.ActivationCheckpointing;
        var packed = name.Contains("packed", StringComparison.Ordinal) ? 4 : 1;
        var length = recipe.Batch.SequenceLength / packed;
        var freed = new FreedMemory();
        var started = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            if (way == GivenBack.Always)
                freed = new FreedMemory(); // The first call always gives back.
            if (step > 0 && way != GivenBack.Never)
                freed.Return();
            using var scope = NewDisposeScope();
            using var autocast = recipe.Precision == Precision.Float32 ? null : Autocast.BFloat16(model.Device);
            flat.ClearGradients();
            model.Dropout = recipe.Dropout;
            var row = new TokenSequence(
                [.. Enumerable.Range(0, length).Select(i => i % 4000 + step)],
                [.. Enumerable.Range(0, length).Select(i => i > 0)],
                new("made", 1)
            );
            var loss = new Supervised().Loss(
                model,
                new TokenBatch([.. Enumerable.Range(0, recipe.Batch.Rows).Select(_ => Enumerable.Repeat(row, packed).ToArray())], 0)
            );
            Gradients.Backward(loss.Sum);
            flat.Normalise(loss.Count, 1);
            optimizer.Step(1);
        }

        Child.Answer(MachineMemory.Most()!.Value / 1e6, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static Recipe RecipeOf(string name) =>
        Recipes.TryGetValue(name, out var recipe)
            ? recipe with
            {
                Batch = recipe.Batch with { Packing = name.Contains("packed", StringComparison.Ordinal) },
            }
            : Plain with
            {
                Batch = Plain.Batch with { Packing = false },
            };

    private static ModelConfig ConfigOf(string name) =>
        Others.TryGetValue(name, out var json)
            ? ModelConfig.Parse(json)
            : ((NewDecoder)Recipes[name].Model).Config(((NewDecoder)Recipes[name].Model).VocabularySize, 1, 0);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
