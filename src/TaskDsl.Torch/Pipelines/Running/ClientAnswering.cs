using System.Globalization;
using System.Text;
using TaskDsl.Clients.Asking;
using TaskDsl.Formats;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// A client answers. Its answers are texts that the task's format parses as a model's; what stands around them (a fence of code, words of
/// politeness) is no part of the format and makes them answers that do not parse.
/// </summary>
public sealed class ClientAnswering : Answering
{
    // Every question with its answer, in the step's folder.
    private const string LogFile = "asked.jsonl";

    private readonly StepContext step;
    private readonly Client client;
    private readonly ClientRun run;
    private readonly GenerationPlan plan;
    private readonly int seed;

    /// <summary>Begins to ask a client.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="client">The client.</param>
    /// <param name="plan">How it answers: <see cref="Fault"/> says what of it a client cannot be told.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public ClientAnswering(StepContext step, Client client, GenerationPlan plan, int seed)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(client);
        (this.step, this.client, this.plan, this.seed) = (step, client, plan, seed);
        run = client.Start(
            new ClientOptions
            {
                Cache = Path.Combine(step.Cache, "answers"),
                Log = Path.Combine(step.Folder, LogFile),
                Tell = step.Tell,
            }
        );
    }

    /// <inheritdoc/>
    public override string Fingerprint => run.Fingerprint;

    /// <summary>What of a plan a client cannot be told; null where there is nothing.</summary>
    public static string? Fault(GenerationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Decoding switch
        {
            null or Greedy or Sample { TopK: null } => null,
            Sample => "a client is told no top_k; leave it out, or take top_p.",
            var other => $"a client cannot be told {Vocabulary.Words.WordOf(other.GetType())}; it answers by greedy or sample.",
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<GivenAnswer> Answer(IReadOnlyList<PredictionRequest> requests, IProgress<int> progress)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var answers = run.AskAsync([.. requests.Select(Question)], progress, step.CancellationToken).GetAwaiter().GetResult();
        return [.. requests.Zip(answers, Given)];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        run.Dispose();
        step.Count("questions asked", run.Asked);
        step.Count("questions answered before", run.Known);
        step.Count("tokens of questions", run.Spent.Input);
        step.Count("tokens of answers", run.Spent.Output);
        if (run.Money is { } money)
            step.Tell(string.Create(CultureInfo.InvariantCulture, $"its answers have cost {money:0.####} of money."));
        if (run.Estimated > 0)
            step.Tell(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"what {run.Estimated:N0} answers have cost the client does not say: a token is reckoned for each three bytes."
                )
            );
    }

    private ChatQuestion Question(PredictionRequest request)
    {
        var task = request.Prompt.Task;
        var turns = ChatTurns.Of(request.Prompt, request.Input, request.Language, request.Phrasing, request.Demonstrations);
        var sample = plan.Decoding as Sample;
        return new ChatQuestion(turns, plan.MaxNewTokens)
        {
            // Where nothing is said of decoding nothing is said to the server: some refuse a temperature, whatever it is.
            Temperature = plan.Decoding is Greedy ? 0 : sample?.Temperature,
            TopP = sample is { TopP: < 1 } ? sample.TopP : null,
            // Not beyond what every number of JSON can hold.
            Seed = sample is null ? null : (long)(new Draw(seed, request.Sample).Next() >> 33),
            Schema = client.TakesSchema && task.Format is JsonFormat ? AnswerSchema.Of(task) : null,
            Sample = request.Sample,
        };
    }

    private static GivenAnswer Given(PredictionRequest request, ChatAnswer answer)
    {
        var parses = request.Prompt.Task.TryParseOutput(
            Encoding.UTF8.GetBytes(answer.Text),
            request.Input,
            request.Language,
            out var output,
            out var error
        );
        var given = GivenAnswer.Of(
            new Prediction(
                answer.Text,
                parses ? output : null,
                parses ? null : error,
                (int)answer.Usage.Input,
                (int)answer.Usage.Output,
                Closed: answer.Finish is null or "stop"
            )
        );
        return answer.Finish == "content_filter" ? given with { Fault = "the client withholds the answer" } : given;
    }
}
