using System.Runtime.CompilerServices;
using TaskDsl.Grammars;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Inference;

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

    /// <summary>Answers all questions, in their order.</summary>
    /// <param name="requests">The questions.</param>
    /// <param name="progress">Receives how many answers are there.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<PredictionRequest> requests, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        using var buffer = new PromptBuffer();
        Answer[] answers = [.. requests.Select(request => Prepare(request, buffer))];
        var done = 0;
        // Neighbours of one prompt and of like length: they share their beginning and need little padding.
        foreach (var rows in answers.OrderBy(a => a.Request.Prompt.Name, StringComparer.Ordinal).ThenBy(a => a.Request.Language, StringComparer.Ordinal).ThenBy(a => a.Prompt.Length).Chunk(Math.Max(1, Rows)))
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
        var ids = model.Tokenizer.Encode(buffer).Ids;
        buffer.Clear();
        chat.EndAnswer(buffer);
        var ending = model.Tokenizer.Encode(buffer);
        var end = ending.Ids.Zip(ending.Answer).Where(t => t.Second).Select(t => t.First).Append(model.Tokenizer.EndOfText).First();
        return new Answer(request, ids, end, model.Tokenizer.EndOfText, MaxNewTokens);
    }

    private void Begin(Answer answer)
    {
        if (!Constrained) return;
        var task = answer.Request.Prompt.Task;
        var grammar = task.OutputGrammar(answer.Request.Input, answer.Request.Language);
        var constraint = constraints.GetValue(grammar, g => new TokenConstraint(trie.Value, g));
        if (constraint.Distance(constraint.Start) == int.MaxValue) throw new InvalidOperationException($"The output grammar of task '{task.Name}' accepts no text for this input.");
        answer.Begin(constraint);
    }

    private Prediction Finish(Answer answer)
    {
        var utf8 = model.Tokenizer.DecodeUtf8(answer.Tokens);
        var text = System.Text.Encoding.UTF8.GetString(utf8);
        var parsed = answer.Request.Prompt.Task.TryParseOutput(utf8, answer.Request.Language, out var output, out var error);
        return new Prediction(text, parsed ? output : null, parsed ? null : error, answer.Prompt.Length, answer.Tokens.Count + (answer.Closed ? 1 : 0), answer.Closed);
    }

    private void Decode(Answer[] answers, CancellationToken cancellation)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        foreach (var answer in answers) Begin(answer);
        var (decoder, device) = (model.Decoder, model.Decoder.Device);
        var longest = answers.Max(a => a.Prompt.Length);
        var capacity = longest + answers.Max(a => a.Limit);
        using var cache = new KvCache(capacity);
        var shared = Share(answers, cache);
        var width = longest - shared;
        var padded = answers.Any(a => a.Prompt.Length != longest);
        var (ids, positions, real) = Pad(answers, shared, width, capacity);
        var (input, at, mask) = (tensor(ids, [answers.Length, width], device: device), tensor(positions, [answers.Length, width], device: device), tensor(real, [answers.Length, capacity], device: device));
        List<Answer> rows = [.. answers];
        while (true)
        {
            using var step = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            var hidden = decoder.Hidden(input, at, padded ? AttentionPattern.Padded(mask.narrow(1, 0, cache.Length + input.size(1))) : null, cache);
            var scores = decoder.Logits(hidden.select(1, hidden.size(1) - 1)).to(ScalarType.Float32).cpu().contiguous();
            Choose(rows, scores);
            var open = rows.FindAll(r => !r.Done);
            if (open.Count == 0) break;
            if (open.Count <= rows.Count / 2)
            {
                // Finished rows cost as much as the others: they are dropped once they are half.
                var kept = tensor(Enumerable.Range(0, rows.Count).Where(i => !rows[i].Done).Select(i => (long)i).ToArray(), device: device);
                cache.Keep(kept);
                mask = mask.index_select(0, kept).MoveToOuterDisposeScope();
                rows = open;
            }

            input = tensor(rows.Select(r => (long)r.Last).ToArray(), [rows.Count, 1], device: device).MoveToOuterDisposeScope();
            at = tensor(rows.Select(r => (long)r.Prompt.Length + r.Tokens.Count - 1).ToArray(), [rows.Count, 1], device: device).MoveToOuterDisposeScope();
        }
    }

    private static void Choose(List<Answer> rows, Tensor scores)
    {
        var all = Native.TensorMemory.Span<float>(scores);
        var size = (int)scores.size(1);
        for (var i = 0; i < rows.Count; i++)
            if (!rows[i].Done) rows[i].Choose(all.Slice(i * size, size));
    }

    /// <summary>Computes the beginning that all prompts share, the instruction often, once for all rows.</summary>
    /// <returns>Its tokens; 0 where it is not worth it.</returns>
    private int Share(Answer[] answers, KvCache cache)
    {
        const int worthwhile = 8;
        if (answers.Length == 1) return 0;
        var first = answers[0].Prompt;
        var shared = answers.Min(a => Math.Min(a.Prompt.Length - 1, a.Prompt.AsSpan().CommonPrefixLength(first)));
        if (shared < worthwhile) return 0;
        using var scope = NewDisposeScope();
        var device = model.Decoder.Device;
        model.Decoder.Hidden(tensor(first.Take(shared).Select(id => (long)id).ToArray(), [1, shared], device: device), cache: cache);
        cache.Keep(zeros(answers.Length, dtype: ScalarType.Int64, device: device));
        return shared;
    }

    /// <summary>What follows the shared beginning, padded on the left to one width.</summary>
    private (long[] Ids, long[] Positions, bool[] Real) Pad(Answer[] answers, int shared, int width, int capacity)
    {
        var (ids, positions, real) = (new long[answers.Length * width], new long[answers.Length * width], new bool[answers.Length * capacity]);
        Array.Fill(ids, model.Tokenizer.Padding);
        Array.Fill(real, true);
        for (var row = 0; row < answers.Length; row++)
        {
            var rest = answers[row].Prompt.AsSpan(shared);
            var padding = width - rest.Length;
            real.AsSpan(row * capacity + shared, padding).Clear();
            for (var i = 0; i < rest.Length; i++) (ids[row * width + padding + i], positions[row * width + padding + i]) = (rest[i], shared + i);
        }

        return (ids, positions, real);
    }

    /// <summary>One answer while it grows.</summary>
    private sealed class Answer(PredictionRequest request, int[] prompt, int end, int endOfText, int limit)
    {
        private TokenConstraint? constraint;
        private int state;

        public PredictionRequest Request { get; } = request;

        public int[] Prompt { get; } = prompt;

        public int Limit { get; private set; } = Math.Max(1, limit);

        public List<int> Tokens { get; } = [];

        public bool Closed { get; private set; }

        public bool Done { get; private set; }

        public int Last => Tokens.Count > 0 ? Tokens[^1] : end;

        public void Begin(TokenConstraint by)
        {
            (constraint, state) = (by, by.Start);
            Limit = Math.Max(Limit, by.Distance(by.Start) + 1);
        }

        /// <summary>Takes the best-scored token that is allowed.</summary>
        public void Choose(ReadOnlySpan<float> scores)
        {
            if (constraint is null)
            {
                var best = 0;
                for (var i = 1; i < scores.Length; i++)
                    if (scores[i] > scores[best]) best = i;
                Take(best, 0, closes: best == end || best == endOfText);
                return;
            }

            // Behind this token and the one that ends the answer, every byte to the nearest end must still find room.
            var choices = constraint.At(state);
            var chosen = choices.Best(scores, Limit - Tokens.Count - 2);
            var mayEnd = constraint.IsAccepting(state);
            if (chosen < 0 && !mayEnd) throw new InvalidOperationException($"The output grammar of task '{Request.Prompt.Task.Name}' has a state from which no token goes on.");
            if (chosen < 0 || (mayEnd && scores[end] > scores[choices.Tokens[chosen]])) Take(end, state, closes: true);
            else Take(choices.Tokens[chosen], choices.States[chosen], closes: false);
        }

        private void Take(int token, int reached, bool closes)
        {
            if (!closes) Tokens.Add(token);
            state = reached;
            Closed = closes;
            Done = closes || Tokens.Count >= Limit;
            if (Done) constraint = null;
        }
    }
}
