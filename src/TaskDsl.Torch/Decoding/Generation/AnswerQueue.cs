using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Questions from many threads to one model, answered in the order in which they come. Where answers are written, a question joins those
/// that are being written at the next token; where a head answers, those of the first one's task and plan that have come together are
/// answered as one batch. At most the plan's rows at a time.
/// </summary>
internal sealed class AnswerQueue(LoadedModel model)
{
    private readonly Lock gate = new();
    private readonly List<Place> waiting = [];
    private readonly KnownGrammars known = new(model.Tokenizer);
    private readonly List<DecodingBatch> batches = []; // Several where their sources do not join.
    private readonly Dictionary<DecodingRun, Place> writing = [];
    private (GenerationPlan? Plan, Predictor Predictor)? last;
    private bool isAtWork;

    /// <summary>Puts questions into the queue. A cancelled one leaves it, or the batch that it is written in.</summary>
    public Task<Prediction>[] Ask(IEnumerable<PredictionRequest> requests, GenerationPlan? plan, CancellationToken cancellation)
    {
        Place[] places = [.. requests.Select(request => new Place(request, plan, cancellation))];
        lock (gate)
        {
            waiting.AddRange(places);
            if (!isAtWork)
                _ = Task.Run(Work, CancellationToken.None);
            isAtWork = true;
        }

        return [.. places.Select(place => place.Answer)];
    }

    private void Work()
    {
        while (Next() is { } next)
        {
            if (next.Length > 0)
                Begin(next);
            foreach (var batch in batches.ToArray())
                Continue(batch);
        }
    }

    /// <summary>Those that may be begun now: of one task and plan, as many as there is room for. Null = nothing is left to do.</summary>
    private Place[]? Next()
    {
        lock (gate)
        {
            waiting.RemoveAll(place => place.Answer.IsCompleted);
            var room = waiting is [var first, ..]
                ? Math.Max(batches.Count == 0 ? 1 : 0, (first.Plan ?? new GenerationPlan()).Rows - batches.Sum(batch => batch.Rows))
                : 0;
            Place[] next = [.. waiting.Where(place => waiting[0].GoesWith(place)).Take(Math.Max(0, room))];
            waiting.RemoveAll(next.Contains);
            isAtWork = next.Length > 0 || batches.Count > 0;
            return isAtWork ? next : null;
        }
    }

    private void Begin(Place[] next)
    {
        try
        {
            var predictor = Of(next[0].Plan);
            if (!predictor.Writes)
            {
                Answer(predictor, next);
                return;
            }

            using var numbers = predictor.Numbers();
            foreach (var place in next)
                place.Asked = predictor.Ask(place.Request);
            foreach (var place in next.Where(place => place.Asked!.Run is null))
                place.Give(predictor.Answer(place.Asked!));
            Place[] put = [.. next.Where(place => place.Asked!.Run is not null)];
            if (put.Length == 0)
                return;
            var begun = predictor.Begin([.. put.Select(place => place.Asked!)]);
            foreach (var place in put)
                writing.Add(place.Asked!.Run!, place);
            Deliver(put.Select(place => place.Asked!.Run!).Except(begun.Runs));
            if (begun.Runs.Count > 0 && !batches.Any(batch => batch.Join(begun)))
                batches.Add(begun);
            else
                begun.Dispose();
        }
        catch (Exception) when (next.Length > 1)
        {
            // Whose fault it is shows alone.
            foreach (var place in next.Where(place => !place.Answer.IsCompleted))
                Begin([place]);
        }
        catch (Exception e)
        {
            next[0].Fail(e);
        }
    }

    private void Continue(DecodingBatch batch)
    {
        DecodingRun[] before = [.. batch.Runs];
        try
        {
            foreach (var run in before.Where(run => writing[run].Answer.IsCompleted))
            {
                batch.GiveUp(run);
                writing.Remove(run);
            }

            using var numbers = new AnsweringNumbers(model);
            if (batch.Runs.Count > 0)
                batch.Step();
            Deliver(before.Except(batch.Runs));
            if (batch.Runs.Count > 0)
                return;
        }
        catch (Exception e)
        {
            // Whose fault it is shows alone: written from the beginning, beside no other.
            foreach (var run in before)
                if (writing.Remove(run, out var place))
                    if (before.Length > 1)
                        Alone(place);
                    else
                        place.Fail(e);
        }

        batches.Remove(batch);
        batch.Dispose();
    }

    private void Alone(Place place)
    {
        try
        {
            Answer(Of(place.Plan), [place]);
        }
        catch (Exception e)
        {
            place.Fail(e);
        }
    }

    private void Deliver(IEnumerable<DecodingRun> done)
    {
        foreach (var run in done)
            if (writing.Remove(run, out var place))
                place.Give(Of(place.Plan).Answer(place.Asked!));
    }

    private static void Answer(Predictor predictor, Place[] together)
    {
        using var abandoned = new CancellationTokenSource();
        foreach (var place in together)
            place.Answer.ContinueWith(
                _ => Abandon(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnCanceled,
                TaskScheduler.Default
            );
        var answers = predictor.Predict([.. together.Select(place => place.Request)], cancellation: abandoned.Token);
        foreach (var (place, answer) in together.Zip(answers))
            place.Give(answer);

        void Abandon()
        {
            if (!together.All(place => place.Answer.IsCanceled))
                return;
            try
            {
                abandoned.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The answers came first.
            }
        }
    }

    private Predictor Of(GenerationPlan? plan)
    {
        if (last is null || last.Value.Plan != plan)
            last = (plan, new Predictor(model, plan) { Known = known, IsChecked = last?.Predictor.IsChecked ?? false });
        return last.Value.Predictor;
    }

    /// <summary>A question in the queue.</summary>
    private sealed class Place
    {
        // Whoever waits goes on elsewhere: the queue's thread has others to answer.
        private readonly TaskCompletionSource<Prediction> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration cancelled;

        public Place(PredictionRequest request, GenerationPlan? plan, CancellationToken cancellation)
        {
            (Request, Plan) = (request, plan);
            cancelled = cancellation.Register(() => answer.TrySetCanceled(cancellation));
        }

        public PredictionRequest Request { get; }

        public GenerationPlan? Plan { get; }

        /// <summary>The question in tokens, and what writes its answer; null before it is begun.</summary>
        public Predictor.Asked? Asked { get; set; }

        public Task<Prediction> Answer => answer.Task;

        public bool GoesWith(Place other) => Request.Prompt.Task.Name == other.Request.Prompt.Task.Name && Plan == other.Plan;

        public void Give(Prediction prediction)
        {
            cancelled.Unregister();
            answer.TrySetResult(prediction);
        }

        public void Fail(Exception error)
        {
            cancelled.Unregister();
            answer.TrySetException(error);
        }
    }
}
