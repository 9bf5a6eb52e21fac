using TaskDsl.Data;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// What a run trains on, step by step: a weighted mixture of sources, drawn, tokenised (on all cores), packed and ordered as the
/// seed says. The same seed gives the same steps on every machine, from any step on.
/// </summary>
/// <param name="sources">The sources of the mixture.</param>
/// <param name="batch">How they become rows.</param>
/// <param name="padding">The token that fills rows up.</param>
/// <param name="seed">The run's seed.</param>
public sealed class TrainingStream(IReadOnlyList<TokenSource> sources, Batch batch, int padding, int seed)
{
    /// <summary>How many sequences are packed at a time: the memory that the stream needs, and enough for rows to fill up.</summary>
    private const int Window = 8192;

    /// <summary>Goes through the whole run once without training: counts its steps and finds what does not fit.</summary>
    /// <param name="budget">When the run ends.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <exception cref="DataException">
    /// Sequences are longer than a row and <see cref="Batch.Overlong"/> is <c>fail</c>; or there is nothing to train on.
    /// </exception>
    public BatchReport Measure(Budget budget, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(budget);
        var report = new BatchReport { Capacity = batch.SequenceLength, Packed = batch.Packing };
        for (var epoch = 0; epoch < budget.MostEpochs && !(report.Steps >= budget.Steps); epoch++)
        {
            var draws = new EpochDraws(sources, seed, epoch);
            var share = Math.Min(1, budget.MostEpochs - epoch);
            // Of an epoch that is cut short, the steps are known once all were counted. (Rounded: 1.1 epochs less 1 is a little more than
            // 0.1.)
            var end =
                share < 1
                    ? (int)Math.Ceiling(Math.Round(StepRows(draws, epoch, null, cancellationToken).Count() * share, 6))
                    : int.MaxValue;
            end = Math.Min(end, (budget.Steps ?? int.MaxValue) - report.Steps);
            var steps = 0;
            foreach (var rows in StepRows(draws, epoch, report, cancellationToken))
                if (steps++ < end)
                    report.Count(rows, batch.Rows);
            report.ThrowIfOverlong(batch.Overlong);
            report.Steps += Math.Min(steps, end);
            if (epoch == 0)
                report.StepsPerEpoch = steps;
            if (steps == 0 && report.Steps > 0)
                throw Nothing(epoch);
            if (steps == 0)
                break; // Whatever the budget: nothing is reached by going on.
        }

        if (report.Sequences == 0)
            throw new DataException(
                "There is nothing to train on: the recipe's tasks have no examples in their training part, their weights are 0, "
                    + "or all were left out as too long."
            );
        return report;
    }

    /// <summary>The steps of a run.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="cancellationToken">Ends the series.</param>
    public IEnumerable<TrainingStep> Steps(StreamPosition from = default, CancellationToken cancellationToken = default)
    {
        for (var epoch = from.Epoch; ; epoch++)
        {
            var index = 0;
            var draws = new EpochDraws(sources, seed, epoch);
            foreach (var rows in StepRows(draws, epoch, null, cancellationToken))
            {
                if (epoch > from.Epoch || index >= from.Step)
                    yield return new TrainingStep(
                        new StreamPosition(epoch, index),
                        [.. rows.Select(row => row.Numbers).Chunk(batch.Rows).Select(part => Collate(part, draws.At))]
                    );
                index++;
            }

            if (index == 0)
                throw Nothing(epoch);
        }
    }

    private static DataException Nothing(int epoch) =>
        new(
            $"Epoch {epoch + 1} has nothing to train on: the weights of all tasks together draw less than one example, or all that they "
                + "draw was left out as too long."
        );

    /// <summary>Every item of every source once, in order: what a run is watched on. Each batch is collated when it is asked for.</summary>
    /// <returns>The batches, and what became of the items.</returns>
    /// <exception cref="DataException">Sequences are longer than a row and <see cref="Batch.Overlong"/> is <c>fail</c>.</exception>
    public (IReadOnlyList<TokenBatch> Batches, BatchReport Report) Once(CancellationToken cancellationToken = default)
    {
        var report = new BatchReport { Capacity = batch.SequenceLength, Packed = batch.Packing };
        var all = sources.SelectMany(source => Enumerable.Range(0, source.Count).Select(i => (source, i))).ToArray();
        var rows = Pack(0, all.Length, At, report, cancellationToken);
        if (rows.Count > 0)
            report.Count(rows, batch.Rows);
        report.ThrowIfOverlong(batch.Overlong);
        return (new Batches(rows.Select(row => row.Numbers).Chunk(batch.Rows).ToArray(), part => Collate(part, At)), report);

        (TokenSource Source, int Index, int Repetition) At(int number) => (all[number].source, all[number].i, 0);
    }

    /// <summary>An epoch's rows, as many at a time as one step takes; the last step takes what is left.</summary>
    private IEnumerable<List<TokenRow>> StepRows(EpochDraws draws, int epoch, BatchReport? report, CancellationToken cancellationToken)
    {
        var perStep = batch.Rows * batch.Accumulation;
        var pending = new List<TokenRow>();
        for (var (from, window) = (0, 0); from < draws.Count; from += Window, window++)
        {
            var rows = Pack(from, Math.Min(Window, draws.Count - from), draws.At, report, cancellationToken);
            new Draw(seed, Draw.Seed("rows"), epoch, window).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
            pending.AddRange(rows);
            var taken = 0;
            for (; pending.Count - taken >= perStep; taken += perStep)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return pending.GetRange(taken, perStep);
            }

            pending.RemoveRange(0, taken);
        }

        if (pending.Count > 0)
            yield return pending;
    }

    /// <summary>Puts some sequences into rows, knowing no more of them than their lengths.</summary>
    private List<TokenRow> Pack(
        int from,
        int count,
        Func<int, (TokenSource Source, int Index, int Repetition)> at,
        BatchReport? report,
        CancellationToken cancellationToken
    )
    {
        foreach (var (source, _, repetition) in Enumerable.Range(from, count).Select(at).DistinctBy(d => (d.Source, d.Repetition)))
            source.Prepare(repetition);
        var measured = new TokenLength[count];
        var errors = new DataException?[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, (i, loop) =>
        {
            var (source, index, repetition) = at(from + i);
            try
            {
                measured[i] = source.Measure(index, repetition);
            }
            catch (DataException e)
            {
                errors[i] = e; // The first in order is the one to tell, whichever thread is first.
                // What comes before is still looked at; what comes behind would but fail again, each time after all of its source was read.
                loop.Break();
            }
        });
        if (errors.FirstOrDefault(e => e is not null) is { } error)
            throw error;
        var (fitting, lengths) = (new List<int>(count), new List<int>(count));
        for (var i = 0; i < count; i++)
        {
            var length = measured[i].Tokens;
            report?.Observe(length);
            if (length > batch.SequenceLength)
            {
                var (source, index, repetition) = at(from + i);
                if (Overlength.Fit(source.Encode(index, repetition), batch, report) is not { } shortened)
                    continue;
                length = shortened.Length;
            }

            fitting.Add(i);
            lengths.Add(length);
        }

        return batch.Packing
            ? Packing.Rows(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lengths), batch.SequenceLength).ConvertAll(Row)
            : [.. fitting.Select((_, i) => Row([i]))];

        TokenRow Row(int[] row)
        {
            var (tokens, answers, untagged, widened) = (0, 0, 0, 0);
            foreach (var i in row)
            {
                tokens += lengths[i];
                answers += measured[fitting[i]].CompletionTokens;
                untagged += measured[fitting[i]].Untagged;
                widened += measured[fitting[i]].Widened;
            }

            return new TokenRow(Array.ConvertAll(row, i => from + fitting[i]), tokens, answers, untagged, widened);
        }
    }

    private TokenBatch Collate(int[][] rows, Func<int, (TokenSource Source, int Index, int Repetition)> at) =>
        new([.. rows.Select(row => Array.ConvertAll(row, i =>
                    {
                        var (source, index, repetition) = at(i);
                        return Overlength.Fit(source.Encode(index, repetition), batch, null)! with
                        {
                            Seed = (long)new Draw(seed, Draw.Seed(source.Name), index, repetition).Next(),
                        };
                    }))], padding);

    private sealed class Batches(int[][][] parts, Func<int[][], TokenBatch> collate) : IReadOnlyList<TokenBatch>
    {
        public int Count => parts.Length;

        public TokenBatch this[int index] => collate(parts[index]);

        public IEnumerator<TokenBatch> GetEnumerator() => parts.Select(collate).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
