import type {
  AuthTestResponse,
  BookmarksAddArguments,
  BookmarksAddResponse,
  BookmarksEditArguments,
  BookmarksEditResponse,
  BookmarksListArguments,
  BookmarksListResponse,
  BookmarksRemoveArguments,
  BookmarksRemoveResponse,
  ChatDeleteArguments,
  ChatDeleteResponse,
  ChatPostMessageArguments,
  ChatPostMessageResponse,
  ChatUpdateArguments,
  ChatUpdateResponse,
  ConversationsArchiveArguments,
  ConversationsArchiveResponse,
  ConversationsCreateArguments,
  ConversationsCreateResponse,
  ConversationsHistoryArguments,
  ConversationsHistoryResponse,
  ConversationsInfoArguments,
  ConversationsInfoResponse,
  ConversationsInviteArguments,
  ConversationsInviteResponse,
  ConversationsJoinArguments,
  ConversationsJoinResponse,
  ConversationsKickArguments,
  ConversationsKickResponse,
  ConversationsLeaveArguments,
  ConversationsLeaveResponse,
  ConversationsListArguments,
  ConversationsListResponse,
  ConversationsMembersArguments,
  ConversationsMembersResponse,
  ConversationsRenameArguments,
  ConversationsRenameResponse,
  ConversationsSetPurposeArguments,
  ConversationsSetPurposeResponse,
  ConversationsSetTopicArguments,
  ConversationsSetTopicResponse,
  ConversationsUnarchiveArguments,
  ConversationsUnarchiveResponse,
  PinsAddArguments,
  PinsAddResponse,
  PinsListArguments,
  PinsListResponse,
  PinsRemoveArguments,
  PinsRemoveResponse,
  UsersListArguments,
  UsersListResponse,
  UsersLookupByEmailArguments,
  UsersLookupByEmailResponse,
} from "@slack/web-api";

/** The methods testx calls, with what they take and give, in the SDK's own types. */
export interface Api {
  "auth.test": [Record<never, never>, AuthTestResponse];
  "bookmarks.add": [BookmarksAddArguments, BookmarksAddResponse];
  "bookmarks.edit": [BookmarksEditArguments, BookmarksEditResponse];
  "bookmarks.list": [BookmarksListArguments, BookmarksListResponse];
  "bookmarks.remove": [BookmarksRemoveArguments, BookmarksRemoveResponse];
  "chat.delete": [ChatDeleteArguments, ChatDeleteResponse];
  "chat.postMessage": [ChatPostMessageArguments, ChatPostMessageResponse];
  "chat.update": [ChatUpdateArguments, ChatUpdateResponse];
  "conversations.archive": [ConversationsArchiveArguments, ConversationsArchiveResponse];
  "conversations.create": [ConversationsCreateArguments, ConversationsCreateResponse];
  "conversations.history": [ConversationsHistoryArguments, ConversationsHistoryResponse];
  "conversations.info": [ConversationsInfoArguments, ConversationsInfoResponse];
  "conversations.invite": [ConversationsInviteArguments, ConversationsInviteResponse];
  "conversations.join": [ConversationsJoinArguments, ConversationsJoinResponse];
  "conversations.kick": [ConversationsKickArguments, ConversationsKickResponse];
  "conversations.leave": [ConversationsLeaveArguments, ConversationsLeaveResponse];
  "conversations.list": [ConversationsListArguments, ConversationsListResponse];
  "conversations.members": [ConversationsMembersArguments, ConversationsMembersResponse];
  "conversations.rename": [ConversationsRenameArguments, ConversationsRenameResponse];
  "conversations.setPurpose": [ConversationsSetPurposeArguments, ConversationsSetPurposeResponse];
  "conversations.setTopic": [ConversationsSetTopicArguments, ConversationsSetTopicResponse];
  "conversations.unarchive": [ConversationsUnarchiveArguments, ConversationsUnarchiveResponse];
  "pins.add": [PinsAddArguments, PinsAddResponse];
  "pins.list": [PinsListArguments, PinsListResponse];
  "pins.remove": [PinsRemoveArguments, PinsRemoveResponse];
  "users.list": [UsersListArguments, UsersListResponse];
  "users.lookupByEmail": [UsersLookupByEmailArguments, UsersLookupByEmailResponse];
}

export type Method = keyof Api;
