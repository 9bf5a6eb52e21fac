using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// What the host sees of a batch's scores of the next token. A processor's are all there. Of a GPU's it gets what is looked at, in one
/// copy: of 32 rows of a free text 128 numbers, where all scores of a vocabulary of 128,000 are 16 MB.
/// </summary>
internal sealed class SentLogits
{
    private readonly float[]? numbers;
    private readonly Tensor? all; // On the host, [rows, vocabulary].
    private readonly int vocabulary;
    private readonly Place[] places = [];

    private SentLogits(Tensor all) => (this.all, vocabulary) = (all, (int)all.size(1));

    private SentLogits(float[] numbers, int vocabulary, Place[] places) =>
        (this.numbers, this.vocabulary, this.places) = (numbers, vocabulary, places);

    /// <summary>How many numbers came from the device.</summary>
    public int Count => numbers?.Length ?? (int)all!.numel();

    /// <summary>What a row's run sees.</summary>
    public LogitRow this[int row]
    {
        get
        {
            if (all is not null)
                return new LogitRow(TensorMemory.Span<float>(all).Slice(row * vocabulary, vocabulary));
            var place = places[row];
            var logSum = numbers![place.Sums];
            return place.View switch
            {
                LogitView.Some { Tokens: var tokens } => new LogitRow(numbers.AsSpan(place.At, tokens.Length), tokens, logSum),
                LogitView.One => new LogitRow(numbers.AsSpan(place.At + 1, 1), (int)numbers[place.At], logSum),
                _ => new LogitRow(numbers.AsSpan(place.At, vocabulary), logSum),
            };
        }
    }

    /// <summary>All scores, on the host.</summary>
    /// <param name="logits">float32 <c>[rows, vocabulary]</c>.</param>
    /// <param name="model">The model, for messages.</param>
    /// <param name="rows">The rows that are looked at.</param>
    /// <exception cref="ModelException">Scores are no numbers.</exception>
    public static SentLogits Whole(Tensor logits, LanguageModel model, IEnumerable<int> rows)
    {
        var sent = new SentLogits(logits.cpu().contiguous());
        foreach (var row in rows)
            FiniteScores.Check(model, sent[row].All);
        return sent;
    }

    /// <summary>What is looked at, on the host; the rest stays where it is.</summary>
    /// <param name="logits">float32 <c>[rows, vocabulary]</c>.</param>
    /// <param name="model">The model, for messages.</param>
    /// <param name="views">What is looked at of each row; null = nothing.</param>
    /// <exception cref="ModelException">Scores are no numbers.</exception>
    public static SentLogits Seen(Tensor logits, LanguageModel model, LogitView?[] views)
    {
        using var scope = NewDisposeScope();
        var size = (int)logits.size(1);
        int[] seen = [.. Enumerable.Range(0, views.Length).Where(row => views[row] is not null)];
        var looked = Rows(seen);
        // What all seen rows have: their log Σ exp, and a number that is NaN where a score is none.
        List<Tensor> parts = [looked.logsumexp(1), (looked - looked).sum(1)];
        var at = 2 * seen.Length;
        var places = new Place[views.Length];
        foreach (var (i, row) in seen.Index())
            places[row] = new Place(Worthwhile(views[row]!), i, 0);

        foreach (var group in Having<LogitView.One>().GroupBy(row => ((LogitView.One)views[row]!).Choose))
        {
            int[] rows = [.. group];
            var points = tensor(rows.Select(row => ((LogitView.One)views[row]!).Point).ToArray(), device: logits.device);
            var scores = Rows(rows);
            var chosen = group.Key(scores, points).unsqueeze(1); // [rows, 1]
            // [rows, 2]; a token as float32, which has each whole number up to 16 million.
            Send(cat([chosen.to(ScalarType.Float32), scores.gather(1, chosen)], 1), rows, _ => 2);
        }

        int[] some = [.. Having<LogitView.Some>()];
        if (some.Length > 0)
        {
            long[] asked = [.. some.SelectMany(row => Tokens(row).Select(token => (long)row * size + token))];
            Send(logits.flatten().index_select(0, tensor(asked, device: logits.device)), some, row => Tokens(row).Length);
        }

        int[] every = [.. Having<LogitView.Every>()];
        if (every.Length > 0)
            Send(Rows(every), every, _ => size);

        var numbers = TensorMemory.Span<float>(cat(parts).cpu()).ToArray();
        FiniteScores.Check(model, numbers.AsSpan(seen.Length, seen.Length));
        return new SentLogits(numbers, size, places);

        IEnumerable<int> Having<T>()
            where T : LogitView => Enumerable.Range(0, views.Length).Where(row => places[row].View is T);

        int[] Tokens(int row) => ((LogitView.Some)places[row].View).Tokens;

        // [rows, vocabulary]
        Tensor Rows(int[] rows) =>
            rows.Length == views.Length
                ? logits
                : logits.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: logits.device));

        // What names more tokens than are worth naming is sent whole.
        LogitView Worthwhile(LogitView view) =>
            view is LogitView.Some { Tokens.Length: var count } && count > size / 8 ? LogitView.All : view;

        void Send(Tensor part, int[] rows, Func<int, int> count)
        {
            parts.Add(part.flatten());
            foreach (var row in rows)
            {
                places[row] = places[row] with { At = at };
                at += count(row);
            }
        }
    }

    /// <summary>Where a row's numbers stand among those that were sent.</summary>
    private readonly record struct Place(LogitView View, int Sums, int At);
}
