using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TaskDsl.Torch.Training;

namespace TaskDsl.App.Sessions;

/// <summary>Shows a run while it runs: a live bar on a terminal, now and then a plain line elsewhere.</summary>
public static class LiveProgress
{
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(10);

    /// <summary>Runs something that reports its progress.</summary>
    public static Task<T> RunAsync<T>(IAnsiConsole console, Func<IProgress<TrainingProgress>, Task<T>> run) =>
        console.Profile.Capabilities.Interactive ? BarAsync(console, run) : run(new Plain(console));

    private static async Task<T> BarAsync<T>(IAnsiConsole console, Func<IProgress<TrainingProgress>, Task<T>> run) =>
        await console
            .Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn())
            .StartAsync(context => run(new Bar(console, context)))
            .ConfigureAwait(false);

    private static bool Noticed(IAnsiConsole console, TrainingProgress value)
    {
        if (value.Notice is not { } notice)
            return false;
        console.MarkupLineInterpolated($"[yellow]note:[/] {notice}");
        return true;
    }

    private static string Describe(TrainingProgress p)
    {
        var what = p.Phase switch
        {
            RunPhase.Preparing => "preparing",
            RunPhase.EvaluatingBefore => "measuring before",
            RunPhase.Training => "training",
            RunPhase.EvaluatingAfter => "measuring after",
            RunPhase.Answering => "answering",
            _ => "done",
        };
        var part = p.Part.Length > 0 ? $"{p.Part}: " : "";
        var step = p.Steps > 0 ? string.Create(CultureInfo.InvariantCulture, $" {p.Step}/{p.Steps}") : "";
        var loss = p.Loss is { } l ? string.Create(CultureInfo.InvariantCulture, $"  loss {l:0.000}") : "";
        var validation = p.ValidationLoss is { } v ? string.Create(CultureInfo.InvariantCulture, $"  validation {v:0.000}") : "";
        var speed = p.TokensPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {p.TokensPerSecond:N0} tokens/s") : "";
        var eta =
            p.Eta is { } left && left > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"  {left:h\\:mm\\:ss} left") : "";
        return part + what + step + loss + validation + speed + eta;
    }

    private sealed class Bar(IAnsiConsole console, ProgressContext context) : IProgress<TrainingProgress>
    {
        private readonly Dictionary<(RunPhase, string), ProgressTask> tasks = [];

        public void Report(TrainingProgress value)
        {
            lock (tasks)
            {
                if (Noticed(console, value))
                    return;
                var description = Markup.Escape(Describe(value));
                if (!tasks.TryGetValue((value.Phase, value.Part), out var task))
                {
                    foreach (var earlier in tasks.Values)
                        earlier.StopTask();
                    tasks.Add((value.Phase, value.Part), task = context.AddTask(description, maxValue: Math.Max(1, value.Steps)));
                }

                task.Description = description;
                task.MaxValue = Math.Max(1, value.Steps);
                task.Value = value.Phase == RunPhase.Done ? task.MaxValue : value.Step;
            }
        }
    }

    private sealed class Plain(IAnsiConsole console) : IProgress<TrainingProgress>
    {
        private readonly Lock gate = new();
        private (RunPhase, string)? phase;
        private long last;

        public void Report(TrainingProgress value)
        {
            lock (gate)
            {
                if (Noticed(console, value))
                    return;
                var finished = value.Steps > 0 && value.Step == value.Steps;
                if (phase == (value.Phase, value.Part) && !finished && Stopwatch.GetElapsedTime(last) < PlainEvery)
                    return;
                phase = (value.Phase, value.Part);
                last = Stopwatch.GetTimestamp();
                console.WriteLine(Describe(value));
            }
        }
    }
}
