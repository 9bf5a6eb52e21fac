using System.Text;
using CsCheck;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Decoding;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Inference;

public sealed class PredictorTests : TorchTest
{
    private static readonly string[] Inputs = SmallWriter.Inputs;

    [Fact]
    public void An_answer_is_the_same_alone_and_among_others()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(_ => Grammar.Text);
        var together = Predict(model, task, rows: 32);
        var alone = Predict(model, task, rows: 1);
        Assert.Equal(alone.Select(p => p.Text), together.Select(p => p.Text));
        Assert.True(together.Select(p => p.Text).Distinct().Count() > 5);
    }

    [Fact]
    public void A_label_is_always_one_of_the_labels()
    {
        using var model = SmallWriter.Decoder();
        string[] labels = ["payment", "payments", "termination", "付款", "解除"];
        var grammar = Grammar.Choice([.. labels.Select(Grammar.Literal)]);
        Assert.All(Predict(model, new PlainTask(_ => grammar)), p =>
        {
            Assert.Contains(p.Text, labels);
            Assert.True(p.Closed);
        });
    }

    [Fact]
    public void An_answer_that_is_a_piece_of_the_input_is_one()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(input => Grammar.Choice(Grammar.Literal("-"), Grammar.SubstringOf(input)));
        var predictions = Predict(model, task);
        for (var i = 0; i < Inputs.Length; i++)
            Assert.True(
                predictions[i].Text == "-" || Inputs[i].Contains(predictions[i].Text, StringComparison.Ordinal),
                $"'{predictions[i].Text}' in '{Inputs[i]}'"
            );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void The_limit_closes_an_answer_properly(int limit)
    {
        using var model = SmallWriter.Decoder();
        var grammar = Grammar.Sequence(Grammar.Literal("{\"a\":"), Grammar.JsonString, Grammar.Literal("}"));
        Assert.All(Predict(model, new PlainTask(_ => grammar), limit: limit), p =>
        {
            Assert.StartsWith("{\"a\":\"", p.Text, StringComparison.Ordinal);
            Assert.EndsWith("\"}", p.Text, StringComparison.Ordinal);
            Assert.True(p.Closed);
            Assert.InRange(p.AnswerTokens, 2, Math.Max(limit, "{\"a\":\"\"}".Length + 1));
        });
    }

    [Fact]
    public void Whatever_the_grammar_the_answer_matches_it()
    {
        using var model = SmallWriter.Decoder();
        var leaf = Gen.OneOf(
            Gen.Const(Grammar.Text),
            Gen.Const(Grammar.Line),
            Gen.Const(Grammar.JsonNumber),
            Gen.OneOf([.. new[] { "a", "rent", "租金", "\n" }.Select(Gen.Const)]).Select(Grammar.Literal)
        );
        var grammars = Gen.Recursive<Grammar>(
            (depth, next) =>
                depth > 3
                    ? leaf
                    : Gen.OneOf(
                        leaf,
                        Gen.Select(next, next).Select((a, b) => Grammar.Sequence(a, b)),
                        Gen.Select(next, next).Select((a, b) => Grammar.Choice(a, b)),
                        next.Select(Grammar.Optional),
                        next.Select(g => Grammar.Repeat(g, 0, 3, Grammar.Literal(",")))
                    )
        );
        Gen.Select(grammars, Gen.Int[1, 12])
            .Sample(
                (grammar, limit) =>
                {
                    var matcher = new GrammarMatcher(grammar);
                    foreach (var p in Predict(model, new PlainTask(_ => grammar), limit: limit).Take(4))
                    {
                        if (!matcher.IsMatch(Encoding.UTF8.GetBytes(p.Text)) || !p.Closed)
                            return false;
                    }

                    return true;
                },
                iter: 25,
                threads: 1
            );
    }

    [Fact]
    public void Unconstrained_answers_end_at_the_limit_at_the_latest()
    {
        using var model = SmallWriter.Decoder();
        var predictor = new Predictor(model, new GenerationPlan { Constrained = false, MaxNewTokens = 5 });
        var prompt = new PlainPrompt(new PlainTask(_ => Grammar.Text));
        Assert.All(predictor.Predict([.. Inputs.Select(i => new PredictionRequest(prompt, i, "en"))]), p =>
            Assert.InRange(p.AnswerTokens, 1, 5)
        );
    }

    [Fact]
    public async Task A_typed_answer_comes_from_one_call()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(_ => Grammar.Choice(Grammar.Literal("yes"), Grammar.Literal("no")));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => model.PredictAsync(task, new PlainPrompt(task), "x" + i)));
        Assert.All(answers, a => Assert.True(a is "yes" or "no"));
    }

    [Fact]
    public void A_chat_format_that_the_tokenizer_does_not_know_is_named()
    {
        using var plain = SmallWriter.Decoder();
        using var model = new LoadedModel(plain.Decoder, plain.Tokenizer) { ChatFormat = new Llama3() };
        var predictor = new Predictor(model);
        var thrown = Assert.Throws<ModelException>(() =>
            predictor.Predict([new PredictionRequest(new PlainPrompt(new PlainTask(_ => Grammar.Text)), "x", "en")])
        );
        Assert.Contains("<|begin_of_text|>", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_ends_with_its_own_token()
    {
        using var plain = SmallWriter.Decoder();
        using var model = new LoadedModel(plain.Decoder, plain.Tokenizer) { ChatFormat = new ChatMl() };
        var grammar = Grammar.Choice(Grammar.Literal("yes"), Grammar.Literal("no"));
        var prompt = new PlainPrompt(new PlainTask(_ => grammar));
        Assert.All(new Predictor(model).Predict([.. Inputs.Select(i => new PredictionRequest(prompt, i, "en"))]), p =>
            Assert.True(p.Closed && p.Text is "yes" or "no")
        );
    }

    [Fact]
    public void Cancelling_ends_the_work()
    {
        using var model = SmallWriter.Decoder();
        var predictor = new Predictor(model);
        Assert.Throws<OperationCanceledException>(() =>
            predictor.Predict(
                [new PredictionRequest(new PlainPrompt(new PlainTask(_ => Grammar.Text)), "x", "en")],
                cancellation: new CancellationToken(true)
            )
        );
    }

    [Fact]
    public void Answers_leave_no_tensors_behind()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(_ => Grammar.Text);
        Predict(model, task);
        var before = SettledTensors();
        for (var i = 0; i < 5; i++)
            Predict(model, task);
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 20);
    }

    [Fact]
    public void A_question_that_leaves_no_room_for_an_answer_is_not_asked_and_the_others_keep_to_the_room_there_is()
    {
        using var large = SmallWriter.Decoder();
        var tokens = Predict(large, new PlainTask(_ => Grammar.Text), limit: 1).Select(p => p.PromptTokens).Order().ToArray();
        var most = tokens[tokens.Length / 2] + 4;
        using var model = SmallWriter.Decoder(most);
        var grammar = Grammar.Choice(Grammar.Literal("payment"), Grammar.Literal("payment of the rent and of everything else that is due"));
        foreach (var task in new[] { new PlainTask(_ => grammar), new PlainTask(_ => Grammar.Text) })
        {
            var predictions = Predict(model, task, limit: 64);
            var (asked, overlong) = (predictions.Where(p => !p.IsOverlong).ToArray(), predictions.Where(p => p.IsOverlong).ToArray());
            Assert.NotEmpty(asked);
            Assert.NotEmpty(overlong);
            Assert.All(asked, p => Assert.InRange(p.PromptTokens + p.AnswerTokens, 2, most));
            Assert.All(asked, p => Assert.NotNull(p.Output));
            Assert.All(overlong, p =>
                Assert.StartsWith(
                    $"the question has {p.PromptTokens} tokens; with its answer the model can read at most {most}.",
                    p.Error,
                    StringComparison.Ordinal
                )
            );
            Assert.All(overlong, p => Assert.Null(p.Output));
            Assert.True(overlong.Min(p => p.PromptTokens) > asked.Max(p => p.PromptTokens) - 1);
        }
    }

    [Fact]
    public void Confidence_is_the_probability_of_the_answer_among_all_that_are_permitted()
    {
        using var model = SmallWriter.Decoder();
        string[] labels = ["payment", "payments", "pay", "termination", "付款"];
        var prompt = new PlainPrompt(new PlainTask(_ => Grammar.Choice([.. labels.Select(Grammar.Literal)])));
        var requests = Inputs.Take(6).Select(i => new PredictionRequest(prompt, i, "en")).ToArray();
        foreach (var (request, prediction) in requests.Zip(new Predictor(model).Predict(requests)))
        {
            using var scope = NewDisposeScope();
            using var ungraded = no_grad();
            using var buffer = new PromptBuffer();
            prompt.Render(buffer, request.Input, output: null, "en", chat: model.LayoutOf(prompt));
            List<int> ids = [.. model.Tokenizer.Encode(buffer).Ids];
            buffer.Clear();
            model.LayoutOf(prompt).EndAnswer(buffer);
            var ending = model.Tokenizer.Encode(buffer);
            var end = ending
                .Ids.Zip(ending.CompletionMask)
                .Where(t => t.Second)
                .Select(t => t.First)
                .Append(model.Tokenizer.EndOfText)
                .First();
            // Token by token, each time from the beginning and over the whole vocabulary, what an answer may go on with.
            var (text, probability) = (Array.Empty<byte>(), 1.0);
            for (var ended = false; !ended; )
            {
                var scores = model
                    .Decoder.Logits(model.Decoder.Hidden(tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Count])))[0, ^1]
                    .data<float>()
                    .ToArray();
                var next = Enumerable
                    .Range(0, scores.Length)
                    .Where(id =>
                        id == end ? labels.Contains(Encoding.UTF8.GetString(text)) : Goes(model.Tokenizer.TokenBytes(id).ToArray())
                    )
                    .ToDictionary(id => id, id => Math.Exp(scores[id]));
                var chosen = next.MaxBy(n => n.Value).Key;
                probability *= next[chosen] / next.Values.Sum();
                ids.Add(chosen);
                ended = chosen == end;
                if (!ended)
                    text = [.. text, .. model.Tokenizer.TokenBytes(chosen)];

                bool Goes(byte[] token) =>
                    token.Length > 0 && labels.Any(l => Encoding.UTF8.GetBytes(l).AsSpan().StartsWith([.. text, .. token]));
            }

            Assert.Equal(Encoding.UTF8.GetString(text), prediction.Text);
            Assert.Equal(probability, prediction.Confidence!.Value, 1e-4);
            Assert.InRange(probability, 1e-6, 0.999999);
        }
    }

    private static IReadOnlyList<Prediction> Predict(LoadedModel model, PlainTask task, int rows = 32, int limit = 24)
    {
        var prompt = new PlainPrompt(task);
        return new Predictor(model, new GenerationPlan { Rows = rows, MaxNewTokens = limit }).Predict([
            .. Inputs.Select(i => new PredictionRequest(prompt, i, "en")),
        ]);
    }
}
