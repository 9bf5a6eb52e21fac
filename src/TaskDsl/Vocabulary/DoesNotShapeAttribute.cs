namespace TaskDsl.Vocabulary;

/// <summary>Marks a property that does not shape what a run makes: it may change when an interrupted run goes on.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DoesNotShapeAttribute : Attribute
{
    /// <summary>Whether it does shape a run after all whose best model is chosen by its answers.</summary>
    public bool UnlessAnswersChoose { get; init; }
}
