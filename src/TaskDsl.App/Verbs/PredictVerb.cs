using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>predict</c>: answers an input from the command line as text, or JSON Lines from standard input as JSON Lines.</summary>
internal static class PredictVerb
{
    // As many lines as are answered together; a person who types gets an answer to each line.
    private const int BatchSize = 16;

    private static readonly JsonSerializerOptions OneLine = new(DefinitionJson.Options) { WriteIndented = false };

    public static Command Create(Session session)
    {
        var model = new Argument<string>("model") { Description = "The folder of a model, an adapter or a run, or a run's name." };
        var prompt = new Argument<string>("prompt") { Description = "The prompt to ask by." };
        var input = new Option<string?>("--input")
        {
            Description =
                "The input as a JSON object; its answer is printed as text. Default: an object a line from standard input, each "
                + "answered by the whole record: input and output, as the task's data is written.",
        };
        var language = new Option<string?>("--language") { Description = "The language. Default: the task's first." };
        var scores = new Option<bool>("--scores")
        {
            Description =
                "Answer by a JSON object: the record, the model's own confidence in its answer, every label's probability, and, where "
                + "the run has a calibration for it, the share of test answers as confident that were right (calibrated, of so many "
                + "calibrated_by).",
        };
        var device = new DeviceOption();
        var set = new PlanOption();
        var seed = new Option<int>("--seed")
        {
            Description = "The seed of what is drawn, with decoding: sample.",
            DefaultValueFactory = _ => 1,
        };
        var command = new Verb(
            "predict",
            "Answer inputs with a tuned model.",
            "{recipe} {prompt} --input {input}",
            "runs/{recipe} {prompt} --language {language} < inputs.jsonl > answers.jsonl",
            "{recipe} {prompt} --scores < inputs.jsonl",
            "{recipe} {prompt} --set decoding.sample.temperature=0.7 --seed 2 < inputs.jsonl"
        )
        {
            model,
            prompt,
            input,
            language,
            scores,
            device,
            set,
            seed,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                        Run(
                            session,
                            parsed.GetValue(model)!,
                            session.Prompt(parsed.GetValue(prompt)!),
                            parsed.GetValue(input),
                            parsed.GetValue(language),
                            parsed.GetValue(scores),
                            device.Of(parsed),
                            set.Apply(session, parsed, new GenerationPlan()),
                            parsed.GetValue(seed),
                            cancellation
                        ),
                    CancellationToken.None
                )
        );
        return command;
    }

    private static int Run(
        Session session,
        string folder,
        Prompt prompt,
        string? input,
        string? language,
        bool scores,
        TorchSharp.torch.Device device,
        GenerationPlan plan,
        int seed,
        CancellationToken cancellationToken
    )
    {
        language ??= prompt.Task.Languages[0];
        if (!prompt.Task.Languages.Contains(language))
            throw new UserException(
                $"task '{prompt.Task.Name}' has the languages {string.Join(", ", prompt.Task.Languages)}, not '{language}'."
            );
        var found = ModelFolder.Find(session, folder, prompt);
        var one = input is null ? null : Read(prompt, input, language, "--input");
        using var model = RunModel.Open(found, device);
        session.Note(model.Notices);
        var predictor = new Predictor(model, plan, seed);
        var calibration = scores ? RunCalibration.Of(session, folder, prompt, language, plan) : null;
        if (one is not null)
        {
            var answer = predictor.Predict([one], labels: scores, cancellation: cancellationToken)[0];
            if (answer.Output is null)
                throw new UserException(NoAnswer(answer));
            session.WriteLine(scores ? Scored(one, answer, calibration) : answer.Text);
            return ExitCode.Success;
        }

        var mistakes = 0;
        var lines = Lines(Console.In)
            .Select((line, i) => (Line: line, Place: $"standard input({i + 1})"))
            .Where(l => !string.IsNullOrWhiteSpace(l.Line));
        foreach (var batch in lines.Chunk(Console.IsInputRedirected ? BatchSize : 1))
        {
            // A line that does not fit is answered by its error, in its place: the others still get their answers.
            var read = batch.Select(l => TryRead(prompt, l.Line, language, l.Place)).ToList();
            var answers = new Queue<Prediction>(
                predictor.Predict(
                    [.. read.Select(r => r.Request).OfType<PredictionRequest>()],
                    labels: scores,
                    cancellation: cancellationToken
                )
            );
            foreach (var (request, error) in read)
            {
                var answer = request is null ? null : answers.Dequeue();
                if (answer?.Output is null)
                    mistakes++;
                session.WriteLine(
                    request is null ? Error(error)
                    : answer!.Output is not { } output ? Error(NoAnswer(answer))
                    : scores ? Scored(request, answer, calibration)
                    : Record(request, output)
                );
            }
        }

        return mistakes == 0
            ? ExitCode.Success
            : throw new UserException($"{mistakes} {(mistakes == 1 ? "line has" : "lines have")} no answer; each holds its error instead.");
    }

    private static (PredictionRequest? Request, string Error) TryRead(Prompt prompt, string json, string language, string place)
    {
        try
        {
            return (Read(prompt, json, language, place), "");
        }
        catch (UserException e)
        {
            return (null, e.Message);
        }
    }

    private static PredictionRequest Read(Prompt prompt, string json, string language, string place)
    {
        try
        {
            var reader = new RecordReader(Encoding.UTF8.GetBytes(json), null, textValues: false, language);
            return new PredictionRequest(prompt, prompt.Task.ReadInput(ref reader), language);
        }
        catch (RecordException e)
        {
            throw new UserException($"{place}: {e.Message}");
        }
    }

    /// <summary>The record that the task's data would hold: input and output in one object.</summary>
    private static string Record(PredictionRequest request, object output)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        request.Prompt.Task.WriteExample(utf8, request.Input, output);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    private static string Scored(PredictionRequest request, Prediction answer, Calibration? calibration)
    {
        var json = new JsonObject { ["record"] = JsonNode.Parse(Record(request, answer.Output!)) };
        if (answer.Confidence is { } confidence)
        {
            json["confidence"] = Math.Round(confidence, 5);
            if (calibration?[confidence] is { } alike)
                (json["calibrated"], json["calibrated_by"]) = (Math.Round(alike.Right, 5), alike.Count);
        }

        if (answer.Labels is { } labels)
            json["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)Math.Round(l.Value, 5))));
        return json.ToJsonString(OneLine);
    }

    private static string NoAnswer(Prediction answer) =>
        answer.NotPut is not null ? answer.Error! : $"the answer '{answer.Text}' does not parse: {answer.Error}";

    private static string Error(string what) => new JsonObject { ["error"] = what }.ToJsonString(OneLine);

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
