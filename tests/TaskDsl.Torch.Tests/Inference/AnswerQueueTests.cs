using System.Collections.Concurrent;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Decoding;
using Xunit;

namespace TaskDsl.Torch.Tests.Inference;

/// <summary>Calls of <c>PredictAsync</c> that come together.</summary>
public sealed class AnswerQueueTests : TorchTest
{
    private static readonly string[] Inputs = SmallWriter.Inputs[..20];

    [Fact]
    public async Task Are_answered_together_as_each_alone()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(_ => Grammar.Text);
        var alone = new List<string>();
        foreach (var input in Inputs)
            alone.Add(await model.PredictAsync(task, new PlainPrompt(task), input));

        var held = new Held();
        var plan = new GenerationPlan { Decoding = held, Rows = 8 };
        var first = model.PredictAsync(task, new PlainPrompt(task), Inputs[0], plan: plan);
        held.Begun.Wait();
        var others = Inputs[1..].Select(input => model.PredictAsync(task, new PlainPrompt(task), input, plan: plan)).ToArray();
        held.Gate.Set();
        Assert.Equal(alone, [await first, .. await Task.WhenAll(others)]);
        Assert.Equal(20, held.Batches.Sum());
        Assert.InRange(held.Batches.Max(), 2, 8);
        Assert.Equal(alone, await model.PredictAllAsync(task, new PlainPrompt(task), Inputs));
    }

    [Fact]
    public async Task A_briefanswer_does_not_wait_for_a_long_one_that_came_first()
    {
        using var model = SmallWriter.Decoder();
        using var cancel = new CancellationTokenSource();
        var task = new PlainTask(_ => Grammar.Text);
        var alone = await model.PredictAsync(task, new PlainPrompt(task), Inputs[1], plan: new GenerationPlan { MaxNewTokens = 4 });
        var endless = new GenerationPlan { Decoding = new Endless(), MaxNewTokens = 2000 };
        var first = model.PredictAsync(task, new PlainPrompt(task), Inputs[0], plan: endless, cancellation: cancel.Token);
        var brief = await model.PredictAsync(task, new PlainPrompt(task), Inputs[1], plan: new GenerationPlan { MaxNewTokens = 4 });
        Assert.Equal(alone, brief);
        Assert.False(first.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task One_that_is_cancelled_frees_its_place()
    {
        using var model = SmallWriter.Decoder();
        using var cancel = new CancellationTokenSource();
        var (task, held) = (new PlainTask(_ => Grammar.Text), new Held());
        var plan = new GenerationPlan { Decoding = held, Rows = 2 };
        var first = model.PredictAsync(task, new PlainPrompt(task), Inputs[0], plan: plan, cancellation: cancel.Token);
        held.Begun.Wait();
        var others = Inputs[1..3].Select(i => model.PredictAsync(task, new PlainPrompt(task), i, plan: plan, cancellation: cancel.Token));
        Task<string>[] given = [.. others, model.PredictAsync(task, new PlainPrompt(task), Inputs[3], plan: plan)];
        await cancel.CancelAsync();
        foreach (var cancelled in (Task[])[first, given[0], given[1]])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        held.Gate.Set();
        Assert.NotEmpty(await given[2]);
        Assert.Equal([1, 1], held.Batches);
    }

    [Fact]
    public async Task An_error_is_of_its_own_question()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(input => input == "bad" ? throw new ModelException("bad") : Grammar.Text);
        string[] inputs = ["one", "bad", "two"];
        var held = new Held();
        var plan = new GenerationPlan { Decoding = held };
        var first = model.PredictAsync(task, new PlainPrompt(task), "first", plan: plan);
        held.Begun.Wait();
        var asked = inputs.Select(input => model.PredictAsync(task, new PlainPrompt(task), input, plan: plan)).ToArray();
        held.Gate.Set();
        await first;
        Assert.Equal("bad", (await Assert.ThrowsAsync<ModelException>(() => asked[1])).Message);
        Assert.NotEmpty(await asked[0]);
        Assert.NotEmpty(await asked[2]);
        Assert.NotEmpty(await model.PredictAsync(task, new PlainPrompt(task), "later"));
    }

    [Fact]
    public async Task An_error_while_it_is_written_is_of_its_own_question_too()
    {
        using var model = SmallWriter.Decoder();
        var task = new PlainTask(_ => Grammar.Text);
        var plan = new GenerationPlan { Decoding = new Endless(), MaxNewTokens = 300 };
        var alone = await model.PredictAsync(task, new PlainPrompt(task), Inputs[0], plan: plan);
        var other = model.PredictAsync(task, new PlainPrompt(task), Inputs[0], plan: plan);
        var failing = new GenerationPlan { Decoding = new Failing() };
        var bad = model.PredictAsync(task, new PlainPrompt(task), Inputs[1], plan: failing);
        Assert.Equal("bad", (await Assert.ThrowsAsync<ModelException>(() => bad)).Message);
        Assert.Equal(alone, await other);
    }

    [Fact]
    public async Task What_cannot_be_answered_has_a_type_of_its_own()
    {
        using var model = SmallWriter.Decoder(positions: 64);
        var task = new PlainTask(_ => Grammar.Text);
        var prompt = new PlainPrompt(task);
        await Assert.ThrowsAsync<ArgumentNullException>(() => model.PredictAsync(task, prompt, null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => model.PredictAllAsync(task, prompt, ["a", null!]));
        var language = await Assert.ThrowsAsync<Tasks.InputException>(() => model.PredictAsync(task, prompt, "a", "fr"));
        Assert.Equal("task 'plain' has the languages en, not 'fr'.", language.Message);
        var overlong = await Assert.ThrowsAsync<Tasks.InputException>(() => model.PredictAsync(task, prompt, new string('x', 500)));
        Assert.Contains("can read at most 64", overlong.Message, StringComparison.Ordinal);
    }

    /// <summary>The least probable token, so that an answer hardly ends.</summary>
    private sealed record Endless : DecodingMethod
    {
        public override DecodingRun Start(DecodingRequest request) => new TokenByTokenRun(request, (next, _) => 0);
    }

    /// <summary>Fails at its third token.</summary>
    private sealed record Failing : DecodingMethod
    {
        public override DecodingRun Start(DecodingRequest request) =>
            new TokenByTokenRun(request, (_, place) => place < 2 ? 0 : throw new ModelException("bad"));
    }

    /// <summary>Greedy, but nothing goes on before the gate is open; counts what is answered together.</summary>
    private sealed record Held : DecodingMethod
    {
        private readonly ConcurrentQueue<int> batches = [];
        private int started;

        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim Gate { get; } = new();

        public IEnumerable<int> Batches => batches;

        public override DecodingRun Start(DecodingRequest request)
        {
            started++;
            return TokenByTokenRun.Greedy(request);
        }

        public override LogitSource Source(LoadedModel model)
        {
            batches.Enqueue(started);
            started = 0;
            Begun.Set();
            Gate.Wait();
            return base.Source(model);
        }
    }
}
