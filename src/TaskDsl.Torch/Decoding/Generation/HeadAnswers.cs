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
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Answers of an encoder's head: its labels, brought into the task's output type.</summary>
internal sealed class HeadAnswers(LoadedModel model, Models.Encoder encoder)
{
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        int rows,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        using var ungraded = no_grad();
        using var buffer = new PromptBuffer();
        var answers = new Prediction[requests.Count];
        var asked = requests
            .Select((request, i) => (Index: i, Request: request, Read: Read(request, buffer)))
            .OrderBy(a => a.Read.Sequence.Ids.Length)
            .ToArray();
        var (done, most) = (0, encoder.Config.MaxPositions);
        foreach (var (index, _, read) in asked.Where(a => a.Read.Sequence.Length > most))
            answers[index] = Prediction.Overlong(read.Sequence.Length, most);
        foreach (var part in asked.Where(a => a.Read.Sequence.Length <= most).Chunk(Math.Max(1, rows)))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (ids, real) = Rows.Pad([.. part.Select(p => p.Read.Sequence.Ids)], model.Tokenizer.Padding, encoder.Device);
            var hidden = encoder.Hidden(ids, pattern: AttentionPattern.Padded(real));
            if (encoder.HeadKind == HeadKind.TokenClassification)
                hidden = hidden.narrow(1, hidden.size(1) - ids.size(1), ids.size(1));
            var scores = encoder.Logits(hidden).to(ScalarType.Float32).cpu();
            for (var row = 0; row < part.Length; row++)
                answers[part[row].Index] = Answer(part[row].Request, part[row].Read, scores[row]);
            progress?.Report(done += part.Length);
        }

        return answers;
    }

    /// <summary>What the head reads, as the objectives make it.</summary>
    private (TokenSequence Sequence, TaggedWords? Words, int[] First) Read(PredictionRequest request, PromptBuffer buffer)
    {
        Check(request.Prompt.Task);
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
        switch (encoder.HeadKind)
        {
            case HeadKind.SequenceClassification:
                return (example.Given(), null, []);
            case HeadKind.TokenClassification:
                var words = TaggedWords.Of(request.Prompt.Task, request.Input, null);
                var (sequence, first) = example.Words(words.Words);
                return (sequence, words, first);
            default:
                throw new ModelException(
                    $"This {encoder.Config.ModelType} has no head that answers: tune it by classification or token_classification first."
                );
        }
    }

    /// <summary>A head answers the task that it was made for, and no other.</summary>
    private void Check(DslTask task)
    {
        var expected = (encoder.HeadKind, task.Format, task.OutputFields.Count) switch
        {
            (HeadKind.SequenceClassification, OutputFormat.Label or OutputFormat.Labels, 1) => task.OutputFields[0].Labels,
            (HeadKind.SequenceClassification, OutputFormat.Json or OutputFormat.Text, 1)
                when task.OutputFields[0].Type is "int" or "float" => [task.OutputFields[0].Name],
            (HeadKind.TokenClassification, OutputFormat.Entities, 1) => TaggedWords.Tags(task),
            _ => null,
        };
        if (expected?.SequenceEqual(encoder.Config.Labels) != true)
            throw new ModelException(
                $"the model's head answers {string.Join(", ", encoder.Config.Labels.Take(6))}{(encoder.Config.Labels.Count > 6 ? ", …" : "")}; that is not what task '{task.Name}' asks for."
            );
    }

    private Prediction Answer(PredictionRequest request, (TokenSequence Sequence, TaggedWords? Words, int[] First) read, Tensor scores)
    {
        var task = request.Prompt.Task;
        var field = task.OutputFields[0].Name;
        var labels = encoder.Config.Labels;
        JsonNode value = (read.Words, task.Format) switch
        {
            ({ } words, _) => new JsonArray([
                .. words
                    .Entities(Tags(words, read.First, scores))
                    .Select(e => (JsonNode)new JsonObject { ["kind"] = task.OutputFields[0].Labels[e.Kind], ["text"] = e.Text }),
            ]),
            (null, OutputFormat.Label) => JsonValue.Create(labels[(int)scores.argmax().item<long>()]),
            (null, OutputFormat.Labels) => new JsonArray([
                .. scores.data<float>().ToArray().Index().Where(s => s.Item > 0).Select(s => (JsonNode)labels[s.Index]),
            ]),
            _ => task.OutputFields[0].Type == "int"
                ? JsonValue.Create((long)Math.Round(scores[0].ToDouble()))
                : JsonValue.Create(scores[0].ToDouble()),
        };
        var output = Typed(task, request, field, value, out var error);
        if (output is null)
            return new Prediction(value.ToJsonString(), null, error, read.Sequence.Ids.Length, 0, Closed: true);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteOutput(utf8, output, request.Language);
        return new Prediction(Encoding.UTF8.GetString(utf8.WrittenSpan), output, null, read.Sequence.Ids.Length, 0, Closed: true)
        {
            Confidence = Confidence(task, read.Words is null ? null : read.First, scores),
        };
    }

    /// <summary>What the head holds its own answer to be worth: one label, each of several, or each word's tag.</summary>
    private static double? Confidence(DslTask task, int[]? words, Tensor scores) =>
        (words, task.Format) switch
        {
            ({ Length: 0 }, _) => 1,
            ({ } first, _) => Math.Exp(
                scores.index_select(0, tensor(first.Select(i => (long)i).ToArray())).log_softmax(1).amax([1]).sum().ToDouble()
            ),
            (null, OutputFormat.Label) => scores.softmax(0).max().ToDouble(),
            (null, OutputFormat.Labels) => Math.Exp(scores.abs().sigmoid().log().sum().ToDouble()),
            _ => null,
        };

    private static int[] Tags(TaggedWords words, int[] first, Tensor scores)
    {
        var best = scores.argmax(1).data<long>().ToArray();
        return [.. words.Spans.Select((_, i) => (int)best[first[i]])];
    }

    /// <summary>The output, read as a record's is: by the labels' keys.</summary>
    private static object? Typed(DslTask task, PredictionRequest request, string field, JsonNode value, out string? error)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, request.Input);
        var record = JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
        record[field] = value;
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
