using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Costs as scores, of which less is better and of which chance says nothing.</summary>
public static class CostScores
{
    /// <summary>A report with what is asked for behind its metrics.</summary>
    public static TaskReport With(this TaskReport report, IReadOnlyList<Cost> costs, LoadedModel model) =>
        report with
        {
            Metrics =
            [
                .. report.Metrics,
                .. costs.Select(cost => new MetricScore(
                    Vocabulary.SnakeCase.Of($"{cost}"),
                    Of(cost, report.Costs, model),
                    double.NaN,
                    double.NaN,
                    HigherIsBetter: false
                )),
            ],
        };

    private static double Of(Cost cost, AnswerCosts answers, LoadedModel model) =>
        cost switch
        {
            Cost.Seconds => Math.Round(answers.Seconds, 3),
            Cost.TokensIn => answers.TokensIn,
            Cost.TokensOut => answers.TokensOut,
            Cost.Weights => model.Parts.Sum(part => part.Model.WeightCount + Added(part)),
            Cost.TunedWeights => model.Parts.Sum(part => part.Adapter is null ? part.Model.WeightCount : Added(part)),
            Cost.Bytes => model.Parts.Sum(part => part.Model.WeightBytes + part.Added.Sum(t => t.numel() * t.ElementSize)),
            _ => MachineMemory.Most() ?? double.NaN,
        };

    private static long Added(LoadedModel model) => model.Added.Sum(t => t.numel());
}
