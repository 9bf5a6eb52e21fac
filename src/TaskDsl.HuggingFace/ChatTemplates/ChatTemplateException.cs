namespace TaskDsl.HuggingFace.ChatTemplates;

/// <summary>A model's chat template that cannot be used; the text says what is wrong, where, and what to do.</summary>
public sealed class ChatTemplateException(string message, Exception? inner = null) : Exception(message, inner);
