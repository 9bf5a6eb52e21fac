namespace TaskDsl.Torch.Training;

/// <summary>What a run is doing.</summary>
public enum RunPhase
{
    /// <summary>Reading data and model.</summary>
    Preparing,

    /// <summary>Measuring the model before it is tuned.</summary>
    EvaluatingBefore,

    /// <summary>Training.</summary>
    Training,

    /// <summary>Measuring the tuned model.</summary>
    EvaluatingAfter,

    /// <summary>Asking a model, in a pipeline.</summary>
    Answering,

    /// <summary>Done.</summary>
    Done,
}
