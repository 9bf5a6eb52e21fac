using System.CommandLine;
using System.Text;
using Spectre.Console;
using TaskDsl.Data;
using TaskDsl.Torch.Inference;

namespace TaskDsl.App.Verbs;

/// <summary><c>predict</c>: answers inputs, from the command line or as JSON Lines from standard input.</summary>
internal static class PredictVerb
{
    public static Command Create(Session session)
    {
        var model = new Argument<string>("model") { Description = "The folder of a model, an adapter or a run." };
        var prompt = new Argument<string>("prompt") { Description = "The prompt to ask by." };
        var input = new Option<string?>("--input") { Description = "The input as a JSON object. Default: one object a line from standard input." };
        var language = new Option<string?>("--language") { Description = "The language. Default: the task's first." };
        var command = new Command("predict", "Answer inputs with a tuned model.\n\nExample: predict runs/all_in_one clause_type --input '{\"clause\": \"…\"}'") { model, prompt, input, language };
        command.SetAction((parsed, cancellation) => RunAsync(
            session, parsed.GetValue(model)!, session.Prompt(parsed.GetValue(prompt)!), parsed.GetValue(input), parsed.GetValue(language), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string folder, Prompts.Prompt prompt, string? input, string? language, CancellationToken cancellationToken)
    {
        language ??= prompt.Task.Languages[0];
        if (!prompt.Task.Languages.Contains(language)) throw new UserException($"task '{prompt.Task.Name}' has the languages {string.Join(", ", prompt.Task.Languages)}, not '{language}'.");
        using var model = LoadedModel.Load(ModelFolder.Find(session, folder));
        var predictor = new Predictor(model);
        var number = 0;
        foreach (var line in input is null ? Lines(Console.In) : [input])
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            object value;
            try
            {
                value = Read(prompt, line, language);
            }
            catch (RecordException e)
            {
                throw new UserException($"{(input is null ? $"standard input({number})" : "--input")}: {e.Message}");
            }

            var request = new PredictionRequest(prompt, value, language);
            var answer = (await Task.Run(() => predictor.Predict([request], cancellation: cancellationToken), cancellationToken).ConfigureAwait(false))[0];
            session.Console.WriteLine(answer.Text);
        }

        return TaskApp.Success;
    }

    private static object Read(Prompts.Prompt prompt, string json, string language)
    {
        var reader = new RecordReader(Encoding.UTF8.GetBytes(json), null, textValues: false, language);
        return prompt.Task.ReadInput(ref reader);
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }
}
