using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Sentences;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Answers of a model that nothing has taught the task: the label whose name is nearest to the input, or what its nearest known examples
/// say. The vectors' angles are compared (cosine similarity).
/// </summary>
internal sealed class NearestAnswers(LoadedModel model, Nearest nearest, int rows)
{
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var answers = new Prediction[requests.Count];
        var done = 0;
        foreach (var own in requests.Index().GroupBy(asked => (asked.Item.Prompt.Task, asked.Item.Language)))
        {
            PredictionRequest[] asked = [.. own.Select(one => one.Item)];
            foreach (var (at, answer) in own.Select(one => one.Index).Zip(Answer(own.Key.Task, own.Key.Language, asked, cancellation)))
                answers[at] = answer;
            progress?.Report(done += asked.Length);
        }

        return answers;
    }

    private IEnumerable<Prediction> Answer(DslTask task, string language, PredictionRequest[] asked, CancellationToken cancellation)
    {
        if (!Nearest.CanAnswer(task) || (nearest.Count == 0 && !HasLabels(task)))
            return asked.Select(_ => None("what is nearest answers no such task", $"task '{task.Name}' asks for more than labels."));
        KnownExample[] known = [.. nearest.Examples.Where(example => example.Task == task.Name && example.Language == language)];
        if (nearest.Count > 0 && known.Length == 0)
            return asked.Select(_ =>
                None("no example is known", $"no example of task '{task.Name}' in '{language}' is known; name the task in the step.")
            );
        var head = new SequenceClassificationHead();
        var own = new Models.TaskScores(head, 0, head.For(task));
        var texts = nearest.Count > 0 ? [.. known.Select(example => example.Text)] : LabelNames.Of(task, asked[0].Input, language);
        using var scope = NewDisposeScope();
        var embedder = new Embedder(model) { Layout = SentenceLayout.Read(nearest.Model), Rows = rows };
        var inputs = embedder.Embed([.. asked.Select(one => ExampleText.OfInput(task, one.Input))], cancellation: cancellation);
        var likeness = nn
            .functional.normalize(inputs, 2, 1)
            .mm(nn.functional.normalize(embedder.Embed(texts, cancellation: cancellation), 2, 1).t()); // [asked, texts]
        return [.. asked.Index().Select(one => HeadAnswers.Predict(own, one.Item, 0, Scores(own, likeness[one.Index], known)))];
    }

    /// <summary>What a head would have said: the scores of the labels, or a number.</summary>
    private Tensor Scores(Models.TaskScores own, Tensor likeness, KnownExample[] known)
    {
        var labels = own.Request.Labels;
        var isOne = own.Request.Problem == SequenceClassificationHead.SingleLabel;
        if (nearest.Count == 0)
            // Of several labels the nearest alone: there is no angle from which on one is meant.
            return isOne ? likeness : nn.functional.one_hot(likeness.argmax(), labels.Count).to(ScalarType.Float32).mul(2).sub(1);
        var nearestOnes = likeness
            .topk(Math.Min(nearest.Count, known.Length))
            .indexes.data<long>()
            .Select(at => known[at].Answer)
            .ToArray();
        if (own.Request.Problem == SequenceClassificationHead.Regression)
            return tensor(new[] { (float)nearestOnes.Average(answer => (double)answer) }, device: CPU);
        var shares = labels.Select(label => (float)nearestOnes.Count(answer => Says(answer, label)) / nearestOnes.Length).ToArray();
        // Of as many votes the nearer one's label wins: topk begins with the nearest.
        if (isOne)
            foreach (var (rank, answer) in nearestOnes.Index())
                shares[labels.ToList().IndexOf((string)answer!)] += 1e-4f / (rank + 1);
        var share = tensor(shares, device: CPU);
        return isOne ? share.clamp_min(1e-6).log() : share.clamp(1e-6, 1 - 1e-6).logit();
    }

    private static bool Says(JsonNode answer, string label) =>
        answer is JsonArray several ? several.Any(one => (string?)one == label) : (string?)answer == label;

    private static bool HasLabels(DslTask task) => task.OutputFields[0].Labels.Count > 0;

    private static Prediction None(string reason, string error) => Prediction.NotPutTo(new ModelOfInput(null, reason, error));
}
