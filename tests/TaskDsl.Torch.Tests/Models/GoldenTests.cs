using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>All families against the reference implementation.</summary>
public sealed class GoldenTests : TorchTest
{
    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Scores_and_hidden_states_are_the_references(string name)
    {
        using var model = new GoldenModel(name);
        foreach (var @case in model.Cases)
        {
            var (hidden, logits, read) = model.Run(@case);
            // An encoder–decoder's own tokens are all real: only what it reads is padded.
            var real = model.Kind == "seq2seq" ? ones(1, dtype: ScalarType.Bool) : model.Real(@case).unsqueeze(2);
            Close(model[$"{@case}/last_hidden_state"] * real, hidden * real, 5e-5);
            if (model.Has($"{@case}/encoder_last_hidden_state"))
                Close(
                    model[$"{@case}/encoder_last_hidden_state"] * model.Real(@case).unsqueeze(2),
                    read! * model.Real(@case).unsqueeze(2),
                    5e-5
                );
            if (model.Kind == "encoder")
                Close(model[$"{@case}/pooler_output"], logits, 5e-5);
            if (!model.Has($"{@case}/logits"))
                continue;
            if (model.Kind == "seqcls")
                real = ones(1, dtype: ScalarType.Bool);
            if (model.Kind == "rtd")
                real = real.squeeze(2);
            Close(model[$"{@case}/logits"] * real, logits * real, 5e-5);
        }
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Loss_and_every_gradient_are_the_references(string name)
    {
        using var model = new GoldenModel(name);
        var expected = model.Json.GetProperty("cases").GetProperty("right");
        var loss = model.Loss("right");
        Gradients.Backward(loss.Actual);
        Assert.Equal(loss.Expected, loss.Actual.ToDouble(), 5e-5);
        var norms = expected.GetProperty("grad_norm");
        Assert.Equal(norms.EnumerateObject().Select(p => p.Name).Order(), model.Model.Parameters.Keys.Order());
        foreach (var (parameter, weight) in model.Model.Parameters)
        {
            if (norms.GetProperty(parameter).ValueKind == System.Text.Json.JsonValueKind.Null)
            {
                Assert.True(weight.grad is null || weight.grad.abs().max().ToDouble() == 0, parameter);
                continue;
            }

            var gradient = weight.grad!.flatten().to(ScalarType.Float64);
            Near(norms.GetProperty(parameter).GetDouble(), gradient.norm().ToDouble(), parameter);
            var wave = (arange(gradient.numel(), dtype: ScalarType.Float64) * 0.37 + 0.11).cos();
            Assert.Equal(
                expected.GetProperty("grad_probe").GetProperty(parameter).GetDouble(),
                (gradient * wave).sum().ToDouble(),
                1e-3 * Math.Max(1, norms.GetProperty(parameter).GetDouble())
            );
        }

        static void Near(double expected, double actual, string what) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-3 * Math.Abs(expected) + 2e-6, $"{what}: expected {expected}, got {actual}");
    }

    [Theory, MemberData(nameof(GoldenModel.Writers), MemberType = typeof(GoldenModel))]
    public void Greedy_tokens_are_the_references_with_and_without_padding_and_cache(string name)
    {
        using var model = new GoldenModel(name);
        var compared = 0;
        foreach (var prompt in new[] { "gen_plain", "gen_left", "gen" })
        {
            if (!model.Has($"{prompt}/output_ids"))
                continue;
            var expected = model[$"{prompt}/output_ids"].data<long>().ToArray();
            foreach (var cached in new[] { true, false })
            {
                var (ids, logits) = Greedy(model.Model, model[$"{prompt}/input_ids"], model.Maybe($"{prompt}/attention_mask"), 16, cached);
                Assert.Equal(expected, ids.data<long>().ToArray());
                if (model.Has($"{prompt}/step_logits"))
                    Close(model[$"{prompt}/step_logits"], logits, 5e-5);
                compared++;
            }
        }

        Assert.InRange(compared, 2, 4);
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void A_saved_model_is_the_same_model_in_one_file_and_in_several(string name)
    {
        using var model = new GoldenModel(name);
        using var folder = new TempFolder();
        foreach (var bytes in new[] { 40_000, long.MaxValue })
        {
            model.Model.Save(folder.Path, bytes);
            Assert.Equal(bytes < long.MaxValue, File.Exists(folder.File("model.safetensors.index.json")));
            using var again = LanguageModel.Load(folder.Path);
            Assert.Equal(model.Model.Config.StoredAs, again.Config.StoredAs);
            foreach (var (key, weight) in model.Model.Parameters)
                Close(weight, again.Parameters[key], 0);
            Close(model.Run("full").Logits, model.Run(again, "full").Logits, 0);
        }
    }

    private static (Tensor Ids, Tensor Logits) Greedy(LanguageModel model, Tensor ids, Tensor? mask, int count, bool cached)
    {
        using var ungraded = no_grad();
        var both = model as EncoderDecoder;
        var text = both?.Encode(ids, mask is null ? null : AttentionPattern.Padded(mask));
        if (both is not null)
            (ids, mask) = (full([ids.size(0), 1], both.Start, dtype: ScalarType.Int64), null);
        using var cache = cached ? new KvCache(ids.size(1) + count) : null;
        var steps = new List<Tensor>();
        var real = mask?.to(ScalarType.Bool) ?? ones(ids.shape, dtype: ScalarType.Bool);
        var input = ids;
        for (var i = 0; i < count; i++)
        {
            var pattern = mask is null ? null : AttentionPattern.Padded(real);
            var hidden = both is null ? ((Decoder)model).Hidden(input, null, pattern, cache) : both.Hidden(text!, input, cache: cache);
            hidden = hidden.select(1, hidden.size(1) - 1);
            var logits = both is null ? ((Decoder)model).Logits(hidden) : both.Logits(hidden);
            steps.Add(logits);
            var next = logits.argmax(1).unsqueeze(1);
            ids = cat([ids, next], 1);
            real = cat([real, ones(next.shape, dtype: ScalarType.Bool)], 1);
            input = cached ? next : ids;
        }

        return (ids, stack(steps, 1));
    }
}
