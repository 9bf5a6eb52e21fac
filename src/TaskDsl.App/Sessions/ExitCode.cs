using TaskDsl.Data;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>What the program ends with.</summary>
public static class ExitCode
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>A file, a record, a model or a setting is wrong; the error says what, where and what to do.</summary>
    public const int Mistake = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The program failed in a way that is not the user's doing.</summary>
    public const int Failure = 70;

    /// <summary>The disk is full. A run's last checkpoint is whole; <c>--resume</c> goes on with it once there is space.</summary>
    public const int DiskFull = 74;

    /// <summary>The run was interrupted and saved; <c>--resume</c> goes on with it.</summary>
    public const int Interrupted = 130;

    /// <summary>What the program ends with after an error, <see cref="Failure"/> where it is nobody's mistake but the program's.</summary>
    internal static int Of(Exception error) =>
        error switch
        {
            OperationCanceledException => Interrupted,
            _ when RunStorageException.IsFull(error) => DiskFull,
            DataException
            or RecordException
            or RunException
            or ModelException
            or ChatTemplateException
            or WordException
            or UserException
            or MisfitException
            or DllNotFoundException // libtorch is missing or does not fit.
            or IOException
            or UnauthorizedAccessException => Mistake,
            _ => Failure,
        };
}
