namespace TaskDsl.Vocabulary;

/// <summary>What a YAML file declares and other files refer to by its name.</summary>
public interface INamed
{
    /// <summary>The name in the YAML.</summary>
    string Name { get; }
}
