using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>The decoder against the reference implementation.</summary>
public sealed class DecoderGoldenTests : TorchTest
{
    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Logits_are_the_references(string name)
    {
        using var model = new GoldenModel(name);
        foreach (var @case in model.Cases)
        {
            var real = model.Has($"{@case}/attention_mask") ? model[$"{@case}/attention_mask"].to(ScalarType.Bool).unsqueeze(2) : ones(1, dtype: ScalarType.Bool);
            Close(model[$"{@case}/logits"] * real, model.Logits(@case) * real, 5e-5);
        }
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Loss_and_every_gradient_are_the_references(string name)
    {
        using var model = new GoldenModel(name);
        var expected = model.Json.GetProperty("cases").GetProperty("right");
        var vocabulary = model.Decoder.Config.VocabularySize;
        var logits = model.Logits("right").narrow(1, 0, model["right/labels"].size(1) - 1).reshape(-1, vocabulary);
        var labels = model["right/labels"].narrow(1, 1, model["right/labels"].size(1) - 1).reshape(-1);
        var loss = nn.functional.cross_entropy(logits, labels, ignore_index: -100);
        Gradients.Backward(loss);
        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss.ToDouble(), 5e-5);
        var norms = expected.GetProperty("grad_norm");
        Assert.Equal(norms.EnumerateObject().Select(p => p.Name).Order(), model.Decoder.Parameters.Keys.Order());
        foreach (var (parameter, weight) in model.Decoder.Parameters)
        {
            var gradient = weight.grad!.flatten().to(ScalarType.Float64);
            Near(norms.GetProperty(parameter).GetDouble(), gradient.norm().ToDouble(), parameter);
            var wave = (arange(gradient.numel(), dtype: ScalarType.Float64) * 0.37 + 0.11).cos();
            Assert.Equal(expected.GetProperty("grad_probe").GetProperty(parameter).GetDouble(), (gradient * wave).sum().ToDouble(), 1e-3 * Math.Max(1, norms.GetProperty(parameter).GetDouble()));
        }

        static void Near(double expected, double actual, string what) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-3 * Math.Abs(expected) + 1e-7, $"{what}: expected {expected}, got {actual}");
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Greedy_tokens_are_the_references_with_and_without_padding_and_cache(string name)
    {
        using var model = new GoldenModel(name);
        foreach (var prompt in new[] { "gen_plain", "gen_left" })
        {
            if (!model.Has($"{prompt}/input_ids")) continue;
            var expected = model[$"{prompt}/output_ids"].data<long>().ToArray();
            var mask = model.Has($"{prompt}/attention_mask") ? model[$"{prompt}/attention_mask"] : null;
            foreach (var cached in new[] { true, false })
            {
                var (ids, logits) = Greedy(model.Decoder, model[$"{prompt}/input_ids"], mask, 16, cached);
                Assert.Equal(expected, ids.data<long>().ToArray());
                if (model.Has($"{prompt}/step_logits")) Close(model[$"{prompt}/step_logits"], logits, 5e-5);
            }
        }
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void A_saved_model_is_the_same_model(string name)
    {
        using var model = new GoldenModel(name);
        using var folder = new TempFolder();
        model.Decoder.Save(folder.Path);
        using var again = Decoder.Load(folder.Path);
        Assert.Equal(model.Decoder.Config with { EndOfText = [] }, again.Config with { EndOfText = [] });
        Assert.Equal(model.Decoder.Config.EndOfText, again.Config.EndOfText);
        foreach (var (key, weight) in model.Decoder.Parameters) Close(weight, again.Parameters[key], 0);
    }

    private static (Tensor Ids, Tensor Logits) Greedy(Decoder decoder, Tensor ids, Tensor? mask, int count, bool cached)
    {
        using var ungraded = no_grad();
        using var cache = cached ? new KvCache(ids.size(1) + count) : null;
        var steps = new List<Tensor>();
        var real = mask?.to(ScalarType.Bool) ?? ones(ids.shape, dtype: ScalarType.Bool);
        var (input, at) = (ids, (real.cumsum(1) - 1).clamp_min(0));
        for (var i = 0; i < count; i++)
        {
            var hidden = decoder.Hidden(input, at, mask is null ? null : AttentionPattern.Padded(real), cache);
            var logits = decoder.Logits(hidden.select(1, hidden.size(1) - 1));
            steps.Add(logits);
            var next = logits.argmax(1).unsqueeze(1);
            ids = cat([ids, next], 1);
            real = cat([real, ones(next.shape, dtype: ScalarType.Bool)], 1);
            var all = (real.cumsum(1) - 1).clamp_min(0);
            (input, at) = cached ? (next, all.narrow(1, all.size(1) - 1, 1)) : (ids, all);
        }

        return (ids, stack(steps, 1));
    }
}
