using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Questions from many threads to one model. While it answers some, others come together: those of the first one's task and plan are
/// answered next, as one batch of at most the plan's rows.
/// </summary>
internal sealed class AnswerQueue(LoadedModel model)
{
    private readonly Lock gate = new();
    private readonly List<Place> waiting = [];
    private (GenerationPlan? Plan, Predictor Predictor) last = (null, new Predictor(model));
    private bool isAtWork;

    /// <summary>Puts questions into the queue. A cancelled one leaves it, and ends the work when nobody else waits for it.</summary>
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
        while (Next() is { Length: > 0 } batch)
            Answer(batch);
    }

    private Place[] Next()
    {
        lock (gate)
        {
            waiting.RemoveAll(place => place.Answer.IsCompleted);
            Place[] next = waiting is [var first, ..]
                ? [.. waiting.Where(first.GoesWith).Take(Math.Max(1, (first.Plan ?? new GenerationPlan()).Rows))]
                : [];
            waiting.RemoveAll(next.Contains);
            isAtWork = next.Length > 0;
            return next;
        }
    }

    private void Answer(Place[] batch)
    {
        using var abandoned = new CancellationTokenSource();
        foreach (var place in batch)
            place.Answer.ContinueWith(
                _ => Abandon(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnCanceled,
                TaskScheduler.Default
            );
        try
        {
            if (last.Plan != batch[0].Plan)
                last = (batch[0].Plan, new Predictor(model, batch[0].Plan) { IsChecked = last.Predictor.IsChecked });
            var answers = last.Predictor.Predict([.. batch.Select(place => place.Request)], cancellation: abandoned.Token);
            foreach (var (place, answer) in batch.Zip(answers))
                place.Give(answer);
        }
        catch (Exception) when (batch.Length > 1)
        {
            // Whose fault it is shows alone.
            foreach (var place in batch.Where(place => !place.Answer.IsCompleted))
                Answer([place]);
        }
        catch (Exception e)
        {
            batch[0].Fail(e);
        }

        void Abandon()
        {
            if (!batch.All(place => place.Answer.IsCanceled))
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
