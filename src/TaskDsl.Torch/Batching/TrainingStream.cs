using System.Globalization;
using TaskDsl.Data;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Batching;

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
    /// <exception cref="DataException">Sequences are longer than a row and <see cref="Batch.Overlong"/> is <c>fail</c>; or there is nothing to train on.</exception>
    public BatchReport Measure(Budget budget, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(budget);
        var report = new BatchReport { Capacity = batch.SequenceLength };
        for (var epoch = 0; epoch < budget.Epochs && !(report.Steps >= budget.Steps); epoch++)
        {
            var steps = 0;
            foreach (var step in Count(epoch, report, cancellationToken)) steps += step;
            report.Steps += (int)Math.Ceiling(steps * Math.Min(1, budget.Epochs - epoch));
            if (epoch == 0) report.StepsPerEpoch = steps;
        }

        if (report.Sequences == 0) throw new DataException("There is nothing to train on: the recipe's tasks have no examples in their training part, their weights are 0, or all were left out as too long.");
        report.Steps = Math.Min(report.Steps, budget.Steps ?? int.MaxValue);
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
            foreach (var rows in StepRows(epoch, null, cancellationToken))
            {
                if (epoch > from.Epoch || index >= from.Step)
                    yield return new TrainingStep(new StreamPosition(epoch, index), [.. rows.Chunk(batch.Rows).Select(part => new TokenBatch(part, padding))]);
                index++;
            }

            if (index == 0) throw new DataException($"Epoch {epoch + 1} has nothing to train on: the weights of all tasks together draw less than one example.");
        }
    }

    /// <summary>Every item of every source once, in order: what a run is watched on. Overlong sequences are shortened or left out.</summary>
    public IReadOnlyList<TokenBatch> Once(CancellationToken cancellationToken = default)
    {
        var all = sources.SelectMany(source => Enumerable.Range(0, source.Count).Select(i => (source, i, 0))).ToArray();
        var report = new BatchReport { Capacity = batch.SequenceLength };
        var fitting = Encode(all, cancellationToken).Select(sequence => Fit(sequence, report)).OfType<TokenSequence>().ToArray();
        var rows = batch.Packing ? Packing.BestFit(fitting, batch.SequenceLength) : [.. fitting.Select(s => new[] { s })];
        return [.. rows.Chunk(batch.Rows).Select(part => new TokenBatch(part, padding))];
    }

    private IEnumerable<int> Count(int epoch, BatchReport report, CancellationToken cancellationToken)
    {
        foreach (var rows in StepRows(epoch, report, cancellationToken))
        {
            report.Rows += rows.Count;
            foreach (var sequence in rows.SelectMany(row => row))
            {
                report.Sequences++;
                report.Tokens += sequence.Length;
                report.AnswerTokens += sequence.Answer.Count(a => a);
            }

            yield return 1;
        }

        report.ThrowIfOverlong(batch.Overlong);
    }

    /// <summary>An epoch's rows, as many at a time as one step takes; the last step takes what is left.</summary>
    private IEnumerable<List<TokenSequence[]>> StepRows(int epoch, BatchReport? report, CancellationToken cancellationToken)
    {
        var perStep = batch.Rows * batch.Accumulation;
        var pending = new List<TokenSequence[]>();
        var windows = Draws(epoch).Chunk(Window).ToArray();
        var next = windows.Length > 0 ? Task.Run(() => Encode(windows[0], cancellationToken), cancellationToken) : null;
        for (var i = 0; i < windows.Length; i++)
        {
            var encoded = next!.GetAwaiter().GetResult();
            var after = i + 1;
            if (after < windows.Length) next = Task.Run(() => Encode(windows[after], cancellationToken), cancellationToken);
            var fitting = encoded.Select(sequence => Fit(sequence, report)).OfType<TokenSequence>().ToArray();
            var rows = batch.Packing ? Packing.BestFit(fitting, batch.SequenceLength) : [.. fitting.Select(s => new[] { s })];
            new Draw(seed, Draw.Seed("rows"), epoch, i).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
            pending.AddRange(rows);
            var taken = 0;
            for (; pending.Count - taken >= perStep; taken += perStep)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return pending.GetRange(taken, perStep);
            }

            pending.RemoveRange(0, taken);
        }

        if (pending.Count > 0) yield return pending;
    }

    /// <summary>
    /// What an epoch draws. Each source is an endless series of random orders of its items; an epoch takes the next weight · count
    /// of them, so that a weight of 0.5 sees every item once in two epochs.
    /// </summary>
    private (TokenSource Source, int Index, int Pass)[] Draws(int epoch)
    {
        var draws = new List<(TokenSource, int, int)>();
        foreach (var source in sources)
        {
            var size = source.Weight * source.Count;
            var order = (Pass: -1, Items: Array.Empty<int>());
            for (var at = (long)Math.Floor(epoch * size); at < (long)Math.Floor((epoch + 1) * size); at++)
            {
                var pass = (int)(at / source.Count);
                if (order.Pass != pass) order = (pass, new Draw(seed, Draw.Seed(source.Name), Draw.Seed("order"), pass).Permutation(source.Count));
                draws.Add((source, order.Items[at % source.Count], pass));
            }
        }

        var all = draws.ToArray();
        new Draw(seed, Draw.Seed("mixture"), epoch).Shuffle<(TokenSource, int, int)>(all);
        return all;
    }

    private static TokenSequence[] Encode((TokenSource Source, int Index, int Pass)[] draws, CancellationToken cancellationToken)
    {
        var encoded = new TokenSequence[draws.Length];
        try
        {
            Parallel.For(0, draws.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => encoded[i] = draws[i].Source.Encode(draws[i].Index, draws[i].Pass));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<DataException>().MinBy(x => x.Message, StringComparer.Ordinal) is { } first)
        {
            throw new DataException(first.Message, e);
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // One of many alike.
        }

        return encoded;
    }

    private TokenSequence? Fit(TokenSequence sequence, BatchReport? report)
    {
        var excess = sequence.Length - batch.SequenceLength;
        if (excess <= 0) return sequence;
        var prompt = Array.IndexOf(sequence.Answer, true);
        if (prompt < 0) prompt = sequence.Ids.Length - 1; // All is given: the last token is the one that ends it.
        // What is cut is the middle of what the model is given: the instruction before and the turn's end behind it stay.
        if (batch.Overlong == Overlong.TruncateInput && prompt - excess >= 2 && sequence.Worse.Count == 0)
        {
            report?.Truncated(sequence);
            var cut = (prompt - excess) / 2;
            return sequence.Without(cut, excess);
        }

        if (report is not null) report.LeftOut(sequence);
        else if (batch.Overlong != Overlong.Drop) throw new DataException(string.Create(CultureInfo.InvariantCulture, $"{sequence.Origin}: error: {sequence.Length} tokens do not fit into a row of {batch.SequenceLength}."));
        return null;
    }
}

/// <summary>One optimizer step's data.</summary>
/// <param name="Position">Where it stands in the stream.</param>
/// <param name="Batches">The batches whose gradients are gathered.</param>
public sealed record TrainingStep(StreamPosition Position, IReadOnlyList<TokenBatch> Batches);

/// <summary>A place in a stream of steps.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">The step in the epoch, from 0.</param>
public readonly record struct StreamPosition(int Epoch, int Step);
