using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Answers of a model's head, brought into the task's output type.</summary>
internal sealed class HeadAnswers(LoadedModel model)
{
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        int rows,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var head =
            model.Model.Head as TaskHead
            ?? throw new ModelException(
                $"This {model.Model.Config.ModelType} has no head that answers: tune it by classification, "
                    + "token_classification or multi_task first."
            );
        using var ungraded = no_grad();
        using var buffer = new PromptBuffer();
        var answers = new Prediction[requests.Count];
        var asked = requests
            .Index()
            .Select(asked => (asked.Index, Fitted: Fitting(ScoresOf(head, asked.Item.Prompt.Task), asked.Item, buffer)))
            .Select(asked => (asked.Index, asked.Fitted.Request, asked.Fitted.Read))
            .OrderBy(a => a.Read.Sequence.Ids.Length)
            .ToArray();
        var (done, most) = (0, model.Model.Config.MaxPositions);
        foreach (var (index, _, read) in asked.Where(a => a.Read.Sequence.Length > most))
            answers[index] = Prediction.Overlong(read.Sequence.Length, most);
        // A whole text's labels and its words' tags are read from different states.
        var kinds = asked.Where(a => a.Read.Sequence.Length <= most).GroupBy(a => a.Read.First is null);
        foreach (var part in kinds.SelectMany(kind => kind.Chunk(Math.Max(1, rows))))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = new TokenBatch([.. part.Select(p => new[] { p.Read.Sequence })], model.Tokenizer.Padding);
            using var pass = new ForwardPass(model.Model, batch);
            var hidden = part[0].Read.First is null ? pass.OfTexts() : pass.OfTokens(); // [rows, hidden] or [batch, sequence, hidden]
            var scores = model.Model.Logits(hidden).to(ScalarType.Float32).cpu().contiguous();
            for (var row = 0; row < part.Length; row++)
            {
                var (index, request, (sequence, first)) = part[row];
                // [labels], or [words, labels]
                var task = ScoresOf(head, request.Prompt.Task);
                var own = first is null ? scores[row] : scores[row].index_select(0, tensor(first.Select(i => (long)i).ToArray()));
                own = own.narrow(-1, task.First, task.Count).contiguous();
                FiniteScores.Check(model.Model, TensorMemory.Span<float>(own));
                answers[index] = Predict(task, request, sequence.Ids.Length, own) with { LeftOut = request.LeftOut };
            }

            progress?.Report(done += part.Length);
        }

        return answers;
    }

    /// <summary>The question with as many demonstrations as there is room for, where it says so.</summary>
    private (PredictionRequest Request, (TokenSequence Sequence, int[]? First) Read) Fitting(
        TaskScores scores,
        PredictionRequest request,
        PromptBuffer buffer
    )
    {
        var read = Read(scores.Head, request, buffer);
        while (request is { Fit: true, Demonstrations.Count: > 0 } && read.Sequence.Length > model.Model.Config.MaxPositions)
            read = Read(scores.Head, request = request.Shorter(), buffer);
        return (request, read);
    }

    /// <summary>What the head reads, as the objectives make it; and the first token of each word, where it reads words.</summary>
    private (TokenSequence Sequence, int[]? First) Read(SingleTaskHead head, PredictionRequest request, PromptBuffer buffer)
    {
        var example = new ExampleTokens(
            new Question(request.Input) { Language = request.Language },
            request.Prompt,
            request.Phrasing,
            [.. request.Demonstrations],
            model.LayoutOf(request.Prompt),
            model.Tokenizer,
            buffer,
            separate: false
        );
        return head.Words(request.Prompt.Task, request.Input) is { } words ? example.Words(words) : (example.PromptOnly(), null);
    }

    /// <summary>A head answers the tasks that it was made for, and no other.</summary>
    private TaskScores ScoresOf(TaskHead head, DslTask task)
    {
        var labels = model.Model.Config.Labels;
        return head.Of(task, labels)
            ?? throw new ModelException(
                $"the model's head answers {string.Join(", ", labels.Take(6))}{(labels.Count > 6 ? ", …" : "")}; "
                    + $"that is not what task '{task.Name}' asks for."
            );
    }

    /// <summary>The answer that scores give.</summary>
    public static Prediction Predict(TaskScores own, PredictionRequest request, int tokens, Tensor scores)
    {
        var (task, head) = (request.Prompt.Task, own.Head);
        var value = head.Answer(task, request.Input, scores);
        var output = Typed(task, request, value, out var error);
        if (output is null)
            return new Prediction(value.ToJsonString(), null, error, tokens, 0, Closed: true);
        var sure = head.LogProbability(task, scores);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteOutput(utf8, request.Input, output, request.Language);
        return new Prediction(Encoding.UTF8.GetString(utf8.WrittenSpan), output, null, tokens, 0, Closed: true)
        {
            Confidence = sure is { } logarithm ? Math.Exp(logarithm) : null,
            LogProbability = sure,
            Labels = head.Probabilities(task, scores) is { } probabilities
                ? own.Request.Labels.Zip(probabilities).ToDictionary(label => label.First, label => label.Second)
                : null,
        };
    }

    /// <summary>The output, read as a record's is: by the labels' keys.</summary>
    private static object? Typed(DslTask task, PredictionRequest request, JsonNode value, out string? error)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, request.Input);
        var record = JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
        record[task.OutputFields[0].Name] = value;
        try
        {
            var reader = new RecordReader(JsonSerializer.SerializeToUtf8Bytes(record), null, textValues: false, request.Language);
            error = null;
            return task.ReadExample(ref reader, request.Language).OutputValue;
        }
        catch (RecordException e)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>An input that is yet to be answered.</summary>
    private sealed record Question(object Input) : Example
    {
        public override object InputValue => Input;

        public override object OutputValue => throw new InvalidOperationException("A question has no answer.");
    }
}
