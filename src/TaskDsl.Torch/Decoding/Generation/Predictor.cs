using System.Runtime.CompilerServices;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Answers questions, many at a time: greedy decoding with a key-value cache. A constrained answer can only be what the task's format can
/// parse, and is brought to a proper end within the limit of tokens. Use it from one thread at a time.
/// </summary>
/// <param name="model">The model; the caller keeps it alive.</param>
public sealed class Predictor(LoadedModel model)
{
    // A grammar that does not depend on the input is one object: what was found out about its states serves all answers. The others go with it.
    private readonly ConditionalWeakTable<Grammar, TokenConstraint> constraints = [];
    private readonly Lazy<TokenTrie> trie = new(() => new TokenTrie(model.Tokenizer));

    /// <summary>Answers decoded at a time.</summary>
    public int Rows { get; init; } = 32;

    /// <summary>The most tokens of an answer. A constrained answer whose shortest form needs more gets as many as that needs.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Whether an answer can only be what the task's format can parse.</summary>
    public bool Constrained { get; init; } = true;

    /// <summary>Whether an answer, a whole text, begins with a space that is not in it.</summary>
    private bool Spaced => model.Model is EncoderDecoder && model.Tokenizer.BeginsWithSpace;

    /// <summary>Answers all questions, in their order.</summary>
    /// <param name="requests">The questions.</param>
    /// <param name="progress">Receives how many answers are there.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (model.Model.Head is not LmHead)
            return new HeadAnswers(model).Predict(requests, Rows, progress, cancellation);
        using var buffer = new PromptBuffer();
        Answer[] answers = [.. requests.Select(request => Prepare(request, buffer))];
        var done = 0;
        // Neighbours of one prompt and of like length: they share their beginning and need little padding.
        foreach (
            var rows in answers
                .OrderBy(a => a.Request.Prompt.Name, StringComparer.Ordinal)
                .ThenBy(a => a.Request.Language, StringComparer.Ordinal)
                .ThenBy(a => a.Prompt.Length)
                .Chunk(Math.Max(1, Rows))
        )
        {
            Decode(rows, cancellation);
            progress?.Report(done += rows.Length);
        }

        return [.. answers.Select(Finish)];
    }

    private Answer Prepare(PredictionRequest request, PromptBuffer buffer)
    {
        var prompt = request.Prompt;
        var chat = model.LayoutOf(prompt);
        buffer.Clear();
        prompt.Render(buffer, request.Input, output: null, request.Language, request.Phrasing, [.. request.Demonstrations], chat);
        int[] ids = [.. model.Tokenizer.Encode(buffer).Ids, .. model.Model is EncoderDecoder ? model.Tokenizer.Suffix : []];
        buffer.Clear();
        chat.EndAnswer(buffer);
        var ending = model.Tokenizer.Encode(buffer);
        var end = ending.Ids.Zip(ending.Answer).Where(t => t.Second).Select(t => t.First).Append(model.Tokenizer.EndOfText).First();
        var most = model.Model.Config.MaxPositions;
        var room =
            ids.Length > most ? 0
            : model.Model is EncoderDecoder ? most
            : most - ids.Length;
        return new Answer(request, ids, end, model.Tokenizer.EndOfText, Math.Max(1, MaxNewTokens), room);
    }

    private void Begin(Answer answer)
    {
        if (!Constrained)
            return;
        var task = answer.Request.Prompt.Task;
        var grammar = task.OutputGrammar(answer.Request.Input, answer.Request.Language);
        var constraint = constraints.GetValue(grammar, g => new TokenConstraint(
            trie.Value,
            Spaced ? Grammar.Sequence(Grammar.Literal(" "), g) : g
        ));
        if (constraint.Distance(constraint.Start) == int.MaxValue)
            throw new InvalidOperationException($"The output grammar of task '{task.Name}' accepts no text for this input.");
        answer.Begin(constraint);
    }

    private Prediction Finish(Answer answer)
    {
        if (answer.IsOverlong)
            return Prediction.Overlong(answer.Prompt.Length, model.Model.Config.MaxPositions);
        ReadOnlySpan<byte> utf8 = model.Tokenizer.DecodeUtf8(answer.Tokens);
        if (Spaced && utf8.StartsWith(" "u8))
            utf8 = utf8[1..];
        var text = System.Text.Encoding.UTF8.GetString(utf8);
        var parsed = answer.Request.Prompt.Task.TryParseOutput(utf8, answer.Request.Language, out var output, out var error);
        return new Prediction(
            text,
            parsed ? output : null,
            parsed ? null : error,
            answer.Prompt.Length,
            answer.Tokens.Count + (answer.Closed ? 1 : 0),
            answer.Closed
        )
        {
            Confidence = Math.Exp(answer.LogProbability),
        };
    }

    private void Decode(Answer[] answers, CancellationToken cancellation)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        foreach (var answer in answers)
            Begin(answer);
        answers = Array.FindAll(answers, a => !a.IsOverlong);
        if (answers.Length == 0)
            return;
        using var writing = Writing.Begin(model, [.. answers.Select(a => a.Prompt)], answers.Max(a => a.Limit));
        List<Answer> rows = [.. answers];
        for (long[]? last = null; ; last = [.. rows.Select(r => (long)r.Last)])
        {
            using var step = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            Choose(rows, writing.Next(last).to(ScalarType.Float32).cpu().contiguous());
            var open = rows.FindAll(r => !r.Done);
            if (open.Count == 0)
                break;
            if (open.Count > rows.Count / 2)
                continue;
            // Finished rows cost as much as the others: they are dropped once they are half.
            writing.Keep([.. Enumerable.Range(0, rows.Count).Where(i => !rows[i].Done)]);
            rows = open;
        }
    }

    private static void Choose(List<Answer> rows, Tensor scores)
    {
        var all = Native.TensorMemory.Span<float>(scores);
        var size = (int)scores.size(1);
        for (var i = 0; i < rows.Count; i++)
            if (!rows[i].Done)
                rows[i].Choose(all.Slice(i * size, size));
    }

    /// <summary>One answer while it grows.</summary>
    private sealed class Answer(PredictionRequest request, int[] prompt, int end, int endOfText, int limit, int room)
    {
        private TokenConstraint? constraint;
        private int state;

        public PredictionRequest Request { get; } = request;

        public int[] Prompt { get; } = prompt;

        public int Limit { get; private set; } = Math.Min(limit, room);

        /// <summary>Whether even the shortest answer would stand where the model has no positions.</summary>
        public bool IsOverlong { get; private set; } = room < 1;

        public List<int> Tokens { get; } = [];

        /// <summary>The logarithm of the probability of what was chosen so far, among what was permitted.</summary>
        public double LogProbability { get; private set; }

        public bool Closed { get; private set; }

        public bool Done { get; private set; }

        public int Last => Tokens.Count > 0 ? Tokens[^1] : end;

        public void Begin(TokenConstraint by)
        {
            (constraint, state) = (by, by.Start);
            var least = by.Distance(by.Start) + 1;
            IsOverlong = least > room;
            Limit = Math.Max(Limit, least);
        }

        /// <summary>Takes the best-scored token that is allowed.</summary>
        public void Choose(ReadOnlySpan<float> scores)
        {
            if (constraint is null)
            {
                var best = 0;
                for (var i = 1; i < scores.Length; i++)
                    if (scores[i] > scores[best])
                        best = i;
                LogProbability += scores[best] - LogSumExp.Of(scores);
                Take(best, 0, closes: best == end || best == endOfText);
                return;
            }

            // Behind this token and the one that ends the answer, every byte to the nearest end must still find room.
            var choices = constraint.At(state);
            var chosen = choices.Best(scores, Limit - Tokens.Count - 2);
            var mayEnd = constraint.IsAccepting(state);
            if (chosen < 0 && !mayEnd)
                throw new ModelException(
                    $"task '{Request.Prompt.Task.Name}': the model's tokenizer has no token for what an answer must go on with; choose another format, or a model whose tokenizer can write any text."
                );
            var closes = chosen < 0 || (mayEnd && scores[end] > scores[choices.Tokens[chosen]]);
            LogProbability +=
                scores[closes ? end : choices.Tokens[chosen]] - choices.LogSumExp(scores, Limit - Tokens.Count - 2, mayEnd ? end : null);
            if (closes)
                Take(end, state, closes: true);
            else
                Take(choices.Tokens[chosen], choices.States[chosen], closes: false);
        }

        private void Take(int token, int reached, bool closes)
        {
            if (!closes)
                Tokens.Add(token);
            state = reached;
            Closed = closes;
            Done = closes || Tokens.Count >= Limit;
            if (Done)
                constraint = null;
        }
    }
}
