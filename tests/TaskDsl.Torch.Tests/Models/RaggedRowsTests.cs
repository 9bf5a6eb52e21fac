using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>Rows whose padding is left out give what masked rows give, for every family and for lengths drawn at random.</summary>
public sealed class RaggedRowsTests : TorchTest
{
    /// <summary>What float32 rounds otherwise where sums are taken in another order.</summary>
    private const double Rounding = 1e-6;

    /// <summary>The same of the decoders, whose golden weights are such that gradients are a thousand times as large.</summary>
    private const double RoundingOfDecoders = 5e-6;

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void States_and_gradients_are_those_of_padded_rows(string name)
    {
        using var golden = new GoldenModel(name);
        for (var draw = 0; draw < 4; draw++)
            Same(golden.Model, Texts(draw), golden.Model is Encoder ? Rounding : RoundingOfDecoders);
    }

    [Theory]
    [InlineData("bert"), InlineData("t5"), InlineData("bart"), InlineData("electra_discriminator"), InlineData("gemma2")]
    public void Also_where_layers_are_computed_again(string name)
    {
        using var golden = new GoldenModel(name);
        golden.Model.ActivationCheckpointing = true;
        Same(golden.Model, Texts(1), golden.Model is Encoder ? Rounding : RoundingOfDecoders);
    }

    [Theory, InlineData("bert"), InlineData("t5"), InlineData("llama")]
    public void Also_in_sixteen_bits_as_far_as_those_go(string name)
    {
        using var golden = new GoldenModel(name);
        using var sixteen = Autocast.BFloat16(CPU);
        Same(golden.Model, Texts(1), 2e-2);
    }

    [Theory]
    [InlineData("bert", "prompt"), InlineData("bert", "prefix"), InlineData("electra_generator", "prompt"), InlineData("bloom", "prompt")]
    [InlineData("bloom", "prefix"), InlineData("t5", "prompt"), InlineData("mistral", "prompt"), InlineData("gpt2", "prefix")]
    public void Also_behind_virtual_tokens(string name, string method)
    {
        using var golden = new GoldenModel(name);
        TuningMethod tuning = method == "prompt" ? new PromptTuning { VirtualTokens = 3 } : new PTuningV2 { VirtualTokens = 3 };
        using var tuned = tuning.Start(golden.Model, 1);
        foreach (var parameter in golden.Model.Parameters.Values)
            parameter.requires_grad = true;
        Same(
            golden.Model,
            Texts(2),
            golden.Model is Encoder ? Rounding : RoundingOfDecoders,
            [.. tuned.Trained.Values.Concat(golden.Model.Parameters.Values).Distinct()]
        );
    }

    [Theory, InlineData("bert"), InlineData("llama")]
    public void Rows_of_one_length_are_read_as_they_are(string name)
    {
        using var golden = new GoldenModel(name);
        var (ids, _) = Rows.Pad(
            [
                [5, 6, 7],
                [8, 9, 10],
            ],
            0,
            CPU
        );
        Close(Hidden(golden.Model, ids, AttentionPattern.Whole), Hidden(golden.Model, ids, AttentionPattern.Ragged([3, 3])), 0);
    }

    /// <summary>Rows of every length stand behind it, shorter and longer ones: each is what it is alone, and padding is 0.</summary>
    [Theory, InlineData("bert"), InlineData("t5"), InlineData("bart")]
    public void An_empty_row_is_no_error_and_changes_nothing(string name)
    {
        using var golden = new GoldenModel(name);
        int[][] texts =
        [
            [5, 6, 7],
            [],
            [8],
            [9, 10, 11, 12],
            [],
            [13, 14],
        ];
        var (ids, _) = Rows.Pad(texts, 0, CPU);
        var states = Hidden(golden.Model, ids, AttentionPattern.Ragged([.. texts.Select(text => text.Length)]));
        for (var row = 0; row < texts.Length; row++)
        {
            var length = Math.Max(1, texts[row].Length); // An empty one is read as its first token.
            Near(
                Hidden(golden.Model, ids.narrow(0, row, 1).narrow(1, 0, length), AttentionPattern.Whole)[0],
                states[row].narrow(0, 0, length),
                Rounding,
                $"{row}"
            );
            Assert.Equal(0, states[row].narrow(0, length, ids.size(1) - length).abs().sum().ToDouble());
        }
    }

    /// <summary>What reads an encoder's states needs a mask only where some of them are padding.</summary>
    [Fact]
    public void Rows_that_are_all_full_have_no_mask()
    {
        Assert.Null(AttentionPattern.Ragged([3, 3]).Real(3, CPU));
        Assert.NotNull(AttentionPattern.Ragged([3, 3]).Real(4, CPU));
        Assert.Equal(5, AttentionPattern.Ragged([3, 0, 2]).Real(3, CPU)!.sum().ToInt64());
        using var golden = new GoldenModel("t5");
        Assert.Null(((EncoderDecoder)golden.Model).Encode(ones([2, 3], ScalarType.Int64), AttentionPattern.Ragged([3, 3])).Real);
    }

    [Fact]
    public void What_does_not_fit_the_rows_is_refused()
    {
        using var golden = new GoldenModel("llama");
        var decoder = (Decoder)golden.Model;
        var ids = ones([2, 3], ScalarType.Int64);
        Assert.Contains("1 lengths", Refused([3]), StringComparison.Ordinal);
        Assert.Contains("up to 4", Refused([1, 4]), StringComparison.Ordinal);
        Assert.Contains("not with a cache", Refused([1, 3], cache: new KvCache(4)), StringComparison.Ordinal);
        Assert.Contains("positions of their own", Refused([1, 3], at: zeros_like(ids)), StringComparison.Ordinal);

        string Refused(int[] lengths, KvCache? cache = null, Tensor? at = null) =>
            Assert.Throws<ArgumentException>(() => decoder.Hidden(ids, at, AttentionPattern.Ragged(lengths), cache)).Message;
    }

    /// <summary>Each head's loss over a batch is the sum of its texts' own, which have no padding; so are its gradients.</summary>
    [Theory]
    [InlineData("bert_seqcls"), InlineData("roberta_seqcls"), InlineData("electra_seqcls"), InlineData("bert_tokcls")]
    [InlineData("xlm_roberta_tokcls"), InlineData("bert_mlm"), InlineData("roberta_mlm"), InlineData("electra_generator")]
    public void Losses_and_gradients_of_heads_are_those_of_each_text_alone(string name)
    {
        using var golden = new GoldenModel(name);
        var model = golden.Model;
        for (var draw = 0; draw < 4; draw++)
        {
            TokenGroup[] texts = [.. Texts(draw).Select((ids, i) => new TokenGroup(Sequence(model, ids)) { Seed = i })];
            using var run =
                model.Head is MaskedLmHead ? new MaskedLm().Start(model, mask: 4, special: [])
                : model.Head is TokenClassificationHead ? new TokenClassification().Start(new ObjectiveStart { Model = model })
                : new Classification().Start(new ObjectiveStart { Model = model });
            var together = Gradient(run, [.. texts.Select(text => new[] { text })]);
            var (loss, count, gradients) = (0.0, 0.0, new Dictionary<string, Tensor>());
            foreach (var text in texts)
            {
                var alone = Gradient(
                    run,
                    [
                        [text],
                    ]
                );
                (loss, count) = (loss + alone.Loss, count + alone.Count);
                foreach (var (key, gradient) in alone.Gradients)
                    gradients[key] = gradients.TryGetValue(key, out var sum) ? sum + gradient : gradient;
            }

            Assert.Equal(count, together.Count);
            Assert.Equal(loss, together.Loss, Rounding * loss);
            Near(gradients, together.Gradients, Rounding);
        }

        (double Loss, double Count, Dictionary<string, Tensor> Gradients) Gradient(ObjectiveRun run, TokenGroup[][] rows)
        {
            var loss = run.Loss(model, new TokenBatch(rows, 1));
            return (loss.Sum.ToDouble(), loss.Count, GradientsOf(model.Parameters, loss.Sum));
        }
    }

    [Theory, InlineData("bert"), InlineData("t5"), InlineData("llama")]
    public void Vectors_of_texts_are_those_of_each_alone(string name)
    {
        using var golden = new GoldenModel(name);
        var texts = Texts(3);
        using var pass = new ForwardPass(
            golden.Model,
            new TokenBatch(
                [
                    [new TokenSequence([5], [false], default)],
                ],
                0
            )
        );
        foreach (var pooling in Enum.GetValues<Pooling>())
        {
            var together = TextVectors.Of(pass, texts, pooling);
            for (var i = 0; i < texts.Length; i++)
                Near(TextVectors.Of(pass, [texts[i]], pooling)[0], together[i], Rounding, $"{pooling} {i}");
        }
    }

    /// <summary>Texts of random lengths, some of them equal.</summary>
    private static int[][] Texts(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 7).Select(_ => Enumerable.Range(0, random.Next(1, 14)).Select(_ => random.Next(5, 90)).ToArray())];
    }

    private static TokenSequence Sequence(LanguageModel model, int[] ids) =>
        new(ids, new bool[ids.Length], default)
        {
            Target = [ids[0] % model.Config.Labels.Count],
            Tags = model.Head is TokenClassificationHead ? [.. ids.Select(id => id % 3 == 0 ? -100 : id % model.Config.Labels.Count)] : [],
        };

    /// <summary>Holds rows without padding to masked ones: states, gradients, and that padding is 0.</summary>
    private static void Same(LanguageModel model, int[][] texts, double tolerance, IReadOnlyList<Tensor>? learned = null)
    {
        var trained = (learned ?? [.. model.Parameters.Values]).Index().ToDictionary(p => $"{p.Index}", p => p.Item);
        var (ids, real) = Rows.Pad(texts, 1, CPU);
        var (masked, ragged) = (AttentionPattern.Padded(real), AttentionPattern.Ragged([.. texts.Select(text => text.Length)]));
        foreach (var ahead in model is Decoder ? (bool?[])[false, true] : [null])
        {
            var (expected, actual) = (Own(Hidden(model, ids, masked, ahead)), Own(Hidden(model, ids, ragged, ahead)));
            var counted = real.unsqueeze(2).to(expected.dtype);
            Near(expected * counted, actual * counted, tolerance, "states");
            Assert.Equal(0, (actual * (1 - counted)).abs().max().ToDouble());
            var weights = randn_like(expected) * counted;
            var gradients = GradientsOf(trained, (expected * weights).sum());
            var others = GradientsOf(trained, (actual * weights).sum());
            Near(gradients, others, tolerance);
        }

        // What virtual tokens in front become is not read.
        Tensor Own(Tensor states) => states.narrow(1, states.size(1) - ids.size(1), ids.size(1)).to(ScalarType.Float32);
    }

    private static Tensor Hidden(LanguageModel model, Tensor ids, AttentionPattern pattern, bool? ahead = null) =>
        model switch
        {
            Encoder encoder => encoder.Hidden(ids, (int?)model.Config.ToJson()["type_vocab_size"] == 2 ? ids % 2 : null, pattern),
            Decoder decoder => decoder.Hidden(ids, pattern: pattern, bidirectional: ahead),
            EncoderDecoder both => both.Encode(ids, pattern).States,
            _ => throw new InvalidOperationException(model.GetType().Name),
        };

    private static Dictionary<string, Tensor> GradientsOf<T>(IReadOnlyDictionary<string, T> trained, Tensor loss)
        where T : Tensor
    {
        Gradients.Backward(loss);
        var gradients = new Dictionary<string, Tensor>();
        foreach (var (key, parameter) in trained)
        {
            if (parameter.grad is { } gradient && gradient.abs().max().ToDouble() > 0)
                gradients.Add(key, gradient.clone());
            parameter.grad = null;
        }

        return gradients;
    }

    /// <summary>
    /// All together within a share of their size; each within five shares of its own, or a tenth of one of all: what is nothing but
    /// rounding, as the gradient of a key's bias, has no size of its own.
    /// </summary>
    private static void Near(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, double tolerance)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        var all = Math.Sqrt(expected.Values.Sum(g => g.square().sum().ToDouble()));
        var off = expected.ToDictionary(g => g.Key, g => (g.Value - actual[g.Key]).norm().ToDouble());
        Assert.InRange(Math.Sqrt(off.Values.Sum(o => o * o)), 0, tolerance * all);
        Assert.All(off, o => Assert.InRange(o.Value, 0, tolerance * Math.Max(5 * expected[o.Key].norm().ToDouble(), 0.1 * all)));
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        var (difference, size) = ((expected - actual).norm().ToDouble(), expected.norm().ToDouble());
        Assert.True(difference <= tolerance * size, $"{what}: differs by {difference / size:E2} of its size");
    }
}
