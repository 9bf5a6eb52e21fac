using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Answers questions, each by the model that is for its input.</summary>
internal sealed class PredictorByInput(ModelsByInput models, GenerationPlan plan, long seed)
{
    /// <inheritdoc cref="Predictor.Predict"/>
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        IProgress<int>? progress,
        bool labels,
        CancellationToken cancellation
    )
    {
        var done = 0;
        var predictions = models.Answer(
            requests,
            request => (request.Prompt, request.Input, request.Language),
            (model, own) =>
            {
                var answers = new Predictor(model, plan, seed).Predict(own, new Behind(progress, done), labels, cancellation);
                done += own.Count;
                return answers;
            },
            none => Prediction.NotPutTo(none)
        );
        progress?.Report(requests.Count);
        return predictions;
    }

    /// <summary>Progress of a part, behind what is done already.</summary>
    private sealed class Behind(IProgress<int>? whole, int before) : IProgress<int>
    {
        public void Report(int value) => whole?.Report(before + value);
    }
}
