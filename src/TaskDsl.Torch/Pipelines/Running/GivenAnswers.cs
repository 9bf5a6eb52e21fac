using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Ready answers to examples of a task, as they were written, by hashes of the inputs. Of several examples with one input each has the
/// answer of its turn, or the only one.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="format">How an answer is read out of what was written; null for the task's own format.</param>
public sealed class GivenAnswers(DslTask task, AnswerFormat? format)
{
    private const string FileName = "answers.jsonl";
    private readonly Dictionary<string, List<string>> answers = [];

    /// <summary>Their task.</summary>
    public DslTask Task => task;

    /// <summary>The answers that another step has made; null where it makes something else, or the name is a folder's.</summary>
    /// <param name="step">The step that reads them.</param>
    /// <param name="named">The other step's name, with its <c>$</c>.</param>
    public static GivenAnswers? Of(StepContext step, string named)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(named);
        if (!named.StartsWith('$') || step.Made(named) is not { Step.Verb: IReadyAnswers verb } made)
            return null;
        var given = new GivenAnswers(verb.Task, verb.Format);
        foreach (var line in File.ReadLines(Path.Combine(made.Folder, FileName)).Select(line => JsonNode.Parse(line)!))
            given.Of((string)line["input"]!).Add((string)line["answer"]!);
        return given;
    }

    /// <summary>Adds what a step has made.</summary>
    public void Add(StepContext step, Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        Add(step, StepContext.HashOf(task, example.InputValue), Evaluator.Written(task, example, example.OutputValue, example.Language));
    }

    /// <summary>Adds what was written to an input.</summary>
    public void Add(StepContext step, UInt128 input, string text)
    {
        ArgumentNullException.ThrowIfNull(step);
        step.Count("answers", 1);
        Of(Text(input)).Add(text);
    }

    /// <summary>Leaves out and counts what no example of the task has, and what is behind the last example of an input.</summary>
    /// <exception cref="RunException">No answer is to an example of the task.</exception>
    public void LeaveOutOthers(StepContext step, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(data);
        var asked = new[] { SplitName.Train, SplitName.Validation, SplitName.Test }
            .SelectMany(split => data[split])
            .CountBy(example => Text(StepContext.HashOf(task, example.InputValue)))
            .ToDictionary();
        foreach (var (input, texts) in answers.ToList())
            if (!asked.TryGetValue(input, out var count))
            {
                step.Count("answers to no example of the task", texts.Count);
                answers.Remove(input);
            }
            else if (texts.Count > count)
            {
                step.Count("second answers to an example", texts.Count - count);
                texts.RemoveRange(count, texts.Count - count);
            }

        if (answers.Count == 0)
            throw new RunException($"none of the answers is to an example of the task '{task.Name}'.");
    }

    /// <summary>Counts what cannot be read, and the examples without an answer.</summary>
    /// <param name="step">The step.</param>
    /// <param name="examples">What was asked.</param>
    public void CountFaults(StepContext step, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(examples);
        foreach (var reason in To(examples).CountBy(read => read.Read?.Fault ?? (read.Read is null ? "examples without an answer" : "")))
            if (reason.Key.Length > 0)
                step.Count(reason.Key, reason.Value);
    }

    /// <summary>Writes them: a step's result.</summary>
    /// <param name="folder">The step's folder.</param>
    public void Write(string folder)
    {
        using var file = File.CreateText(Path.Combine(folder, FileName));
        foreach (var (input, texts) in answers)
        foreach (var text in texts)
            file.WriteLine(new JsonObject { ["input"] = input, ["answer"] = text }.ToJsonString());
    }

    /// <summary>What they are worth, by language; one that cannot be read is wrong, and so is one that is not there.</summary>
    /// <param name="prompt">A prompt of their task, which names the reports.</param>
    /// <param name="data">The task's examples.</param>
    /// <param name="plan">How many of them are measured.</param>
    /// <param name="asking">Which of them are measured.</param>
    public IReadOnlyList<TaskReport> Measure(Prompt prompt, Dataset data, EvaluationPlan plan, QuestionPlan asking) =>
        [
            .. Evaluator
                .Parts(prompt, data, plan, SplitName.Test, asking)
                .Select(part => (part, Answers: To(part.Examples).Select(Given).ToList()))
                .Select(own => Evaluator.Score(prompt, own.part.Language, own.part.Examples, own.Answers, constrained: false)),
        ];

    private static Prediction Given((string Text, ReadAnswer? Read) answer) =>
        answer.Read is { } read
            ? new Prediction(answer.Text, read.Output, read.Detail, 0, 0, Closed: true) { Items = read.Items }
            : new Prediction("", null, "there is no answer to it", 0, 0, Closed: true) { NotPut = Evaluator.NoAnswer };

    private IEnumerable<(string Text, ReadAnswer? Read)> To(IReadOnlyList<Example> examples)
    {
        var turns = new Dictionary<string, int>();
        foreach (var example in examples)
        {
            var input = Text(StepContext.HashOf(task, example.InputValue));
            if (!answers.TryGetValue(input, out var own))
            {
                yield return ("", null);
                continue;
            }

            var turn = turns[input] = turns.GetValueOrDefault(input) + 1;
            var text = own[Math.Min(turn, own.Count) - 1];
            yield return (text, format?.Read(task, text, example) ?? ReadAnswer.Parsed(task, text, example));
        }
    }

    private List<string> Of(string input)
    {
        if (!answers.TryGetValue(input, out var texts))
            answers.Add(input, texts = []);
        return texts;
    }

    private static string Text(UInt128 input) => input.ToString("x32", CultureInfo.InvariantCulture);
}
