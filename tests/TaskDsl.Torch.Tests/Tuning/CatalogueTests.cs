using System.ComponentModel.DataAnnotations;
using System.Reflection;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>What every tuning method must do, on every kind of model.</summary>
public sealed class CatalogueTests : TorchTest
{
    /// <summary>Words in settings of their own. A word that is not here is tried with its defaults, all sizes small.</summary>
    private static readonly Dictionary<string, TuningMethod> Settings = new()
    {
        ["last_layer"] = new Partial { Layers = [-1], Head = true },
        ["sites"] = new Partial { Sites = [Site.Value, Site.Down] },
        ["embedding_and_head"] = new Partial { Embedding = true, Head = true },
        ["lora"] = new Lora { Rank = 4, Sites = [Site.Query, Site.Value] },
        ["rslora"] = new Lora { Rank = 4, Rslora = true },
        ["dora"] = new Lora { Rank = 4, Dora = true },
        ["lora_plus"] = new Lora { Rank = 4, BRate = 16 },
        ["pissa"] = new Lora { Rank = 4, Start = LoraStart.Pissa },
        ["lora_on_the_embedding"] = new Lora { Rank = 4, Sites = [Site.Embedding, Site.Value] },
        ["houlsby"] = new Bottleneck { Place = BottleneckPlace.Houlsby, Size = 8 },
        ["pfeiffer"] = new Bottleneck { Size = 8 },
        ["parallel"] = new Bottleneck
        {
            Place = BottleneckPlace.Parallel,
            Size = 8,
            Scale = 4,
        },
        ["combined"] = new Combined { Parts = [new Lora { Rank = 2, Sites = [Site.Query] }, new Ia3 { Sites = [Site.Down] }] },
        ["stacked"] = new Combined { Parts = [new Lora { Rank = 2 }, new Ia3(), new Lora { Rank = 3, Sites = [Site.Query] }] },
    };

    internal static readonly IReadOnlyDictionary<string, TuningMethod> Methods = Words
        .Loaded.Choices(typeof(TuningMethod))
        .Where(choice => Settings.Values.All(method => method.GetType() != choice.Type))
        .Select(choice => KeyValuePair.Create(choice.Word, Small(choice.Type)))
        .Concat(Settings)
        .ToDictionary();

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var model in new[] { "llama", "gpt2", "gemma2", "gpt_neox", "bert_seqcls", "t5", "bart" })
            foreach (var method in Methods.Keys)
                if (method != "bitfit" || model is not ("llama" or "gemma2" or "t5"))
                    all.Add(model, method); // Those have no biases.
            return all;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Learns_leaves_the_rest_alone_and_is_read_back_as_it_was_saved(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        var untouched = golden.Model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone());
        double first,
            last;
        Tensor result;
        using (var tuned = Methods[method].Start(golden.Model, 1))
        {
            var start = golden.Run("full").Logits.detach();
            if ((golden.Model.SoftPrompt ?? golden.Model.Prefix) is null)
                Close(golden["full/logits"], start, 5e-5); // Only virtual tokens are not nothing from the beginning.
            (first, last) = Train(golden, tuned, 30);
            Assert.True(last < first - 0.01, $"the loss went from {first} to {last}");
            result = golden.Run("full").Logits.detach().clone();
            if (method != "pissa")
            {
                foreach (var (key, before) in untouched)
                    if (!tuned.Trained.Keys.Any(k => k.EndsWith(key, StringComparison.Ordinal)))
                        Close(before, golden.Model.Parameters[key], 0);
            }

            tuned.Save(folder.Path, "base");
        }

        if (AdapterFolder.IsAdapter(folder.Path))
        {
            using var fresh = new GoldenModel(name);
            using var again = AdapterFolder.Load(fresh.Model, folder.Path);
            Close(result, golden.Run(fresh.Model, "full").Logits, method == "pissa" ? 1e-4 : 2e-6);
            again.Dispose();
            if (fresh.Model.TaskWeights.Count == 0)
                Close(golden["full/logits"], fresh.Run("full").Logits, 5e-5); // And is gone without a trace.
        }
        else
        {
            using var again = LanguageModel.Load(folder.Path);
            foreach (var (key, parameter) in golden.Model.Parameters)
                Close(parameter.to(again.Config.StoredAs.Scalar()), again.Parameters[key], 0);
        }
    }

    [Theory]
    [
        InlineData("llama", "mam"),
        InlineData("llama", "prompt_tuning"),
        InlineData("bloom", "prefix_tuning"),
        InlineData("bloom", "p_tuning"),
        InlineData("mistral", "p_tuning_v2"),
        InlineData("gpt2", "prompt_tuning"),
        InlineData("opt", "mam")
    ]
    public void Virtual_tokens_go_with_a_cache_and_padding(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var tuned = Methods[method].Start(golden.Model, 1);
        Train(golden, tuned, 3);
        using var ungraded = no_grad();
        var decoder = (Decoder)golden.Model;
        var ids = golden["gen_left/input_ids"];
        var real = golden["gen_left/attention_mask"].to(ScalarType.Bool);
        using var cache = new KvCache(ids.size(1) + 4);
        var cached = decoder.Hidden(ids, null, AttentionPattern.Padded(real), cache);
        for (var i = 0; i < 4; i++)
        {
            var last = cached.select(1, cached.size(1) - 1);
            var whole = decoder.Hidden(ids, null, AttentionPattern.Padded(real));
            Close(whole.select(1, whole.size(1) - 1), last, 2e-5);
            for (var row = 0; row < ids.size(0); row++)
            {
                var alone = decoder.Hidden(ids[row].masked_select(real[row]).unsqueeze(0));
                Close(alone[0, -1], last[row], 2e-5);
            }

            var next = decoder.Logits(last).argmax(1).unsqueeze(1);
            (ids, real) = (cat([ids, next], 1), cat([real, ones_like(next).to(ScalarType.Bool)], 1));
            cached = decoder.Hidden(next, null, AttentionPattern.Padded(real), cache);
        }
    }

    /// <summary>A method with its defaults, but for its sizes: no whole number that may be smaller is larger than 8.</summary>
    private static TuningMethod Small(Type type)
    {
        var method = (TuningMethod)Words.Default(type);
        foreach (var property in Words.Properties(type))
            if (
                (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int)
                && property.GetCustomAttribute<RangeAttribute>() is { } range
            )
                property.SetValue(method, Math.Max((int)range.Minimum, Math.Min((int?)property.GetValue(method) ?? 8, 8)));
        return method;
    }

    internal static (double First, double Last) Train(GoldenModel golden, TunedModel tuned, int steps, double decay = 0.01)
    {
        var adamw = new AdamW { LearningRate = steps == 1 ? 1e-3 : 5e-3, WeightDecay = decay };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        double first = 0,
            last = 0;
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            parameters.ClearGradients();
            var loss = golden.Loss("right").Actual;
            Gradients.Backward(loss);
            optimizer.Step(1);
            (first, last) = (step == 0 ? loss.ToDouble() : first, loss.ToDouble());
        }

        return (first, last);
    }
}
