using System.Text.Json.Nodes;
using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>How often a run's answers were right that were as confident as one.</summary>
internal static class RunCalibration
{
    /// <summary>
    /// By the answers to the run's own test part. Null where the model is no run's, where the run has not asked this, or asked it in
    /// another way: another way has other confidences.
    /// </summary>
    public static Calibration? Of(Session session, string model, Prompt prompt, string language, GenerationPlan plan)
    {
        if (ModelFolder.Run(session, model) is not { } run || RunRecord.Read(run).Recipe["evaluation"] is not JsonObject asked)
            return null;
        var same =
            JsonNode.DeepEquals(asked["decoding"], DefinitionJson.Write(plan.Decoding)) && (bool?)asked["constrained"] == plan.Constrained;
        var measured = run.ReadEvaluation().After?.Tasks.FirstOrDefault(t => (t.Prompt, t.Language) == (prompt.Name, language));
        return same && measured is not null ? Calibration.Of(measured.Answers) : null;
    }
}
